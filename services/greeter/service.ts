import { defineRoute, defineService, ServiceError } from '@slipway/chassis'
import { z } from 'zod'

const greetings: Readonly<Record<string, string>> = { A: 'Hi!', B: 'Dear Sir or Madam!', C: 'Moin!' }

interface Config {
  CUSTOMER_NAME: string
  GREETING?: string | undefined
}

function greetingOf({ CUSTOMER_NAME, GREETING }: Config): string | undefined {
  return GREETING ?? (Object.hasOwn(greetings, CUSTOMER_NAME) ? greetings[CUSTOMER_NAME] : undefined)
}

function unknownCustomer({ CUSTOMER_NAME }: Config): string {
  const known = Object.keys(greetings).join(', ')
  return `There is no greeting for the customer ${JSON.stringify(CUSTOMER_NAME)}; known are ${known}. Set GREETING for another one.`
}

export default defineService(
  {
    name: 'greeter',
    summary: 'Greets each customer in the words that customer expects.',
    config: {
      CUSTOMER_NAME: z.string().default('A').describe('The customer that this deployment serves.'),
      GREETING: z.string().min(1).optional().describe("Replaces the customer's usual greeting."),
    },
    errors: {
      unknown_customer: { status: 404, title: 'Unknown customer', remedy: 'Set CUSTOMER_NAME to a known customer, or set GREETING.' },
    },
    onStart: ({ config, log }) => {
      if (greetingOf(config) === undefined) log.warn(unknownCustomer(config))
    },
  },
  [
    defineRoute({
      method: 'GET',
      path: '/',
      summary: "The customer's greeting",
      response: z.object({ response: z.string().meta({ examples: ['Moin!'] }) }),
      errors: ['unknown_customer'],
      handler(_input, { config }) {
        const response = greetingOf(config)
        if (response === undefined) throw new ServiceError('unknown_customer', unknownCustomer(config))
        return { response }
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/health',
      summary: 'Whether the service answers',
      response: z.object({ status: z.literal('ok') }),
      handler: () => ({ status: 'ok' as const }),
    }),
  ],
)
