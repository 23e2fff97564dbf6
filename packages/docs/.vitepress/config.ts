import { createCssVariablesTheme } from 'shiki'
import { defineConfig } from 'vitepress'
import { codeClasses } from './code-classes.ts'
import { palettePlugin } from './palette-plugin.ts'
import { sidebar } from './sidebar.ts'

/** The site for partners. `build.ts` gathers its pages, builds it, and adds the API reference. */
export default defineConfig({
  title: 'OpenCredits',
  titleTemplate: ':title · OpenCredits docs',
  description: 'Let your users buy AI credits inside your app.',
  lang: 'en',
  base: '/docs/',
  srcDir: 'dist/pages',
  // Parts of pages.
  srcExclude: ['snippets/**'],
  outDir: 'dist/site',
  cacheDir: 'dist/cache',
  cleanUrls: true,
  // Switching the theme would add a style element, which the Content-Security-Policy forbids.
  appearance: { disableTransition: false },
  // One file for all pages: each page's own inline copy would need a hash of its own in the Content-Security-Policy.
  metaChunk: true,
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  markdown: {
    theme: createCssVariablesTheme({ name: 'css-variables', variablePrefix: '--code-', variableDefaults: {} }),
    codeTransformers: [codeClasses],
  },
  // Styles of elements, which the Content-Security-Policy forbids, are set again by the theme's own script where they matter.
  transformHtml: (html) => html.replaceAll(/ style="[^"]*"/g, ''),
  vite: { plugins: [palettePlugin] },
  themeConfig: {
    nav: [
      { text: 'Quick start', link: '/quick-start' },
      { text: 'API reference', link: '/reference/', target: '_self' },
    ],
    sidebar,
    outline: { level: [2, 3] },
    // With a piece of each page's text: headings alone rarely say whether it is the right place.
    search: { provider: 'local', options: { detailedView: true } },
    notFound: {
      title: 'There is no page here',
      quote:
        'The address may be mistyped, or the page has moved. Search the documentation above, or begin at its start.',
      linkLabel: 'Go to the start of the documentation',
      linkText: 'Go to the start',
    },
    docFooter: { prev: 'Previous', next: 'Next' },
    externalLinkIcon: false,
  },
})
