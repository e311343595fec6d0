import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { renderInline, renderMarkdown } from './docs-markdown.ts'

const render = (text: string) => renderMarkdown(text).text

describe('renderMarkdown', () => {
  it('makes paragraphs of what blank lines part', () => {
    assert.equal(render('One\ntwo.\n\n\n Three. '), '<p>One two.</p><p>Three.</p>')
    assert.equal(render(''), '')
    assert.equal(render('  \n\n'), '')
  })

  it('makes lists, which a blank line does not end and a paragraph does', () => {
    assert.equal(render('Has:\n- a\n  still a\n- b\n\n* c\n\nEnd.'), '<p>Has:</p><ul><li>a still a</li><li>b</li><li>c</li></ul><p>End.</p>')
    assert.equal(render('1. a\n2) b'), '<ol><li>a</li><li>b</li></ol>')
  })

  it('marks code and bold, and reads nothing within code', () => {
    assert.equal(render('Use `a**b**<c>` or **not `d`**.'), '<p>Use <code>a**b**&lt;c&gt;</code> or <strong>not <code>d</code></strong>.</p>')
    assert.equal(renderInline('2 ** 3 ** 4, `open').text, '2 ** 3 ** 4, `open')
  })

  it('takes markup, links and images for text', () => {
    assert.equal(render('<b>x</b> [a](javascript:alert(1)) ![i](u)'), '<p>&lt;b&gt;x&lt;/b&gt; [a](javascript:alert(1)) ![i](u)</p>')
  })
})
