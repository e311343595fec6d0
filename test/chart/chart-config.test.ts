import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { defineService } from '@slipway/chassis'
import { defineStack } from '@slipway/cli'
import { z } from 'zod'
import { configOf, dataWith, only, refuses, renderChart, SMALLEST, valuesOf, withValues } from './render-chart.ts'

const TIMEOUT = { timeout: 60_000 }

describe('config in the chart', () => {
  it('is text, whatever YAML takes it for', TIMEOUT, async () => {
    const values = { 1: '1', true: 'true', 1000000: '1000000', 0.5: '0.5', '"null"': '"null"' }
    for (const [given, expected] of Object.entries(values)) assert.equal((await dataWith(`config.CUSTOMER_NAME=${given}`)).CUSTOMER_NAME, expected)
  })

  it('is text in a file of values', TIMEOUT, async () => {
    const data = configOf(await renderChart({ values: [SMALLEST, 'test/chart/values/scalars.yaml'] }))
    assert.deepEqual(
      ['A_NUMBER', 'A_BOOLEAN', 'A_NULL', 'A_NO', 'A_MILLION', 'A_FRACTION', 'A_TEXT'].map((key) => data[key]),
      ['1', 'true', 'null', 'no', '12345678', '12345678.25', ' a: b # c '],
    )
  })

  it('is refused in a file of values where YAML rounds it', TIMEOUT, async () => {
    for (const number of ['12345678901234567890', '-9007199254740993', '1e21', '0.0000001']) {
      await withValues(`config: { A_NUMBER: ${number} }`, async (file) => {
        const rendered = renderChart({ values: [SMALLEST, file] })
        await assert.rejects(rendered, /config\.A_NUMBER is a number that YAML does not keep as it was written; put it in quotes\./)
      })
    }
  })

  it('comes through the values that are rendered as it was written in the stack', TIMEOUT, async () => {
    const texts = [
      '1',
      'true',
      'null',
      '',
      'no',
      'y',
      '1e3',
      '0o17',
      '0x1F',
      '1_000',
      '12:30',
      '~',
      '=',
      '<<',
      '2026-01-01',
      ' a: b # c ',
      'a\nb',
      '"',
      "'",
      '{{ x }}',
    ]
    const config = Object.fromEntries(texts.map((text, index) => [`TEXT_${index}`, text]))
    const schemas = Object.fromEntries(Object.keys(config).map((key) => [key, z.string().default('').describe('Some text.')]))
    const service = defineService({ name: 'ferry', summary: 'Crosses the fjord.', config: schemas }, [])
    const [deployment] = defineStack({ deployments: [{ service, name: 'north', namespace: 'fjord', host: 'north.example.com', config }] }).deployments
    await withValues(valuesOf({ service, version: '1.0.0', deployment }), async (file) => {
      const data = configOf(await renderChart({ values: [file] }))
      assert.deepEqual(Object.fromEntries(Object.entries(data).filter(([key]) => key in config)), config)
    })
  })

  it('and names come through them, whatever Helm takes them for where they are not quoted', TIMEOUT, async () => {
    const service = defineService({ name: 'on', summary: 'Crosses the fjord.' }, [])
    for (const word of ['no', '123', '1e3', '0o17', '0x1f', '1.5']) {
      const ingress = { className: word, tls: word, annotations: { note: word } }
      const secrets = { OTEL_EXPORTER_OTLP_HEADERS: { name: word, key: word } }
      const image = { tag: word, pullSecrets: [word] }
      const network = { managementFrom: [{ ipBlock: { cidr: '10.0.0.0/24' } }, { podSelector: { matchLabels: { word } } }] }
      const needs = { ingress, secrets, image, network }
      const [deployment] = defineStack({ deployments: [{ service, name: 'off', namespace: '123', host: '1.5', ...needs }] }).deployments
      await withValues(valuesOf({ service, version: '1.0.0', deployment }), async (file) => {
        const manifests = await renderChart({ name: 'off', namespace: '123', values: [file] })
        const { ingressClassName, tls, rules } = only(manifests, 'Ingress').spec
        assert.deepEqual(only(manifests, 'NetworkPolicy').spec.ingress[1]?.from?.slice(1), network.managementFrom)
        const pod = only(manifests, 'Deployment').spec.template?.spec
        assert.deepEqual([ingressClassName, tls?.[0]?.secretName, rules[0]?.host], [word, word, '1.5'])
        assert.deepEqual([pod?.imagePullSecrets, pod?.containers[0]?.image], [[{ name: word }], `localhost/slipway/on:${word}`])
        const [source] = pod?.volumes.find(({ name }) => name === 'secrets')?.projected?.sources ?? []
        assert.deepEqual(source?.secret, { name: word, items: [{ key: word, path: 'OTEL_EXPORTER_OTLP_HEADERS' }] })
      })
    }
  })

  it('can be no list, no misspelt name, and nothing that the chart sets itself', TIMEOUT, async () => {
    await refuses(['config.NAMES[0]=A'], /NAMES/)
    await refuses(['config.customerName=A'], /customerName/)
    await refuses(['config.PORT=80'], /PORT/)
  })

  it('restarts the pods when it changes', TIMEOUT, async () => {
    const checksum = async (name: string) =>
      only(await renderChart({ set: [`config.CUSTOMER_NAME=${name}`] }), 'Deployment').spec.template?.metadata.annotations?.['checksum/config']
    assert.equal(await checksum('A'), await checksum('A'))
    assert.notEqual(await checksum('A'), await checksum('B'))
  })

  it('and secrets are one or the other', TIMEOUT, async () => {
    const reference = ['secrets.DATABASE_URL.name=db', 'secrets.DATABASE_URL.key=url']
    await refuses(
      [...reference, 'storage.enabled=true'],
      /DATABASE_URL is in secrets and in the config as well, where storage\.enabled puts it; remove one of them\./,
    )
    await refuses(
      [...reference, 'config.DATABASE_URL_FILE=/run/url'],
      /DATABASE_URL is in secrets, and DATABASE_URL_FILE in the config names a file that holds it as well; remove one of them\./,
    )
    await refuses([...reference, 'config.DATABASE_URL=sqlite:a'], /DATABASE_URL is in secrets and in the config as well; remove one of them\./)
  })
})
