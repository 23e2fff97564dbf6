import type { ShikiTransformer } from 'shiki'

/** Colours code by classes: the Content-Security-Policy of these pages allows no `style` attributes. */
export const codeClasses: ShikiTransformer = {
  name: 'code-classes',
  pre(node) {
    delete node.properties.style
  },
  span(node) {
    const token = /--code-token-([\w-]+)/.exec(String(node.properties.style ?? ''))?.[1]
    delete node.properties.style
    if (token !== undefined) this.addClassToHast(node, `token-${token}`)
  },
}
