import { createApiReference } from '/docs/reference/scalar/standalone.esm.js'

/** VitePress keeps the reader's choice here; the reference follows it. */
const chosen = localStorage.getItem('vitepress-theme-appearance') ?? 'auto'
const isDark = chosen === 'dark' || (chosen === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches)
const themeSwitch = document.querySelector('.theme')
themeSwitch.setAttribute('aria-checked', String(isDark))
themeSwitch.addEventListener('click', () => {
  const isDarkNow = themeSwitch.getAttribute('aria-checked') !== 'true'
  themeSwitch.setAttribute('aria-checked', String(isDarkNow))
  localStorage.setItem('vitepress-theme-appearance', isDarkNow ? 'dark' : 'light')
  document.body.classList.toggle('dark-mode', isDarkNow)
  document.body.classList.toggle('light-mode', !isDarkNow)
})

/** What Scalar leaves without a name for screen readers, or out of the keyboard's reach. */
function nameControls() {
  for (const field of document.querySelectorAll('.code-input-lite__editor[role="combobox"]')) {
    if (!field.hasAttribute('aria-label')) field.setAttribute('aria-label', field.dataset.placeholder || 'Value')
    if (!field.hasAttribute('aria-expanded')) field.setAttribute('aria-expanded', 'false')
  }
  for (const button of document.querySelectorAll('.group\\/copy-button:not([aria-label])'))
    button.setAttribute('aria-label', 'Copy')
  for (const list of document.querySelectorAll('ul.endpoints:not([tabindex])')) list.setAttribute('tabindex', '0')
}
new MutationObserver(nameControls).observe(document.body, { childList: true, subtree: true })

createApiReference('#reference', {
  url: '/openapi.json',
  theme: 'none',
  darkMode: isDark,
  hideDarkModeToggle: true,
  // A key is typed into this page: it stays in memory, and nothing leaves for another server than this one.
  persistAuth: false,
  telemetry: false,
  withDefaultFonts: false,
  agent: { disabled: true },
  mcp: { disabled: true },
  hideClientButton: true,
  showDeveloperTools: 'never',
  baseServerURL: location.origin,
  servers: [{ url: location.origin }],
  authentication: { preferredSecurityScheme: 'userKey' },
  defaultHttpClient: { targetKey: 'shell', clientKey: 'curl' },
  documentDownloadType: 'none',
})
