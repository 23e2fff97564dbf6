import type { DefaultTheme } from 'vitepress'

/** The pages in reading order. */
export const sidebar: DefaultTheme.SidebarItem[] = [
  {
    text: 'Start',
    items: [
      { text: 'What it is', link: '/' },
      { text: 'Your first test purchase', link: '/first-purchase' },
      { text: 'Quick start', link: '/quick-start' },
      { text: 'Test mode', link: '/test-mode' },
      { text: 'Test cards', link: '/test-cards' },
      { text: 'Go live', link: '/going-live' },
    ],
  },
  {
    text: 'In the page',
    items: [
      { text: 'Load the script', link: '/loading' },
      { text: 'Checkout modes', link: '/checkout-modes' },
      { text: 'Options and events', link: '/sdk' },
      { text: 'Custom elements', link: '/elements' },
      { text: 'React', link: '/react' },
    ],
  },
  {
    text: 'On the server',
    items: [
      { text: 'Calls with credits', link: '/server' },
      { text: 'When credits run out', link: '/insufficient-credits' },
      { text: 'Apps and members', link: '/members' },
      { text: 'Settings, branding and keys', link: '/app-settings' },
      { text: 'Webhooks', link: '/webhooks' },
      { text: 'Earnings and users', link: '/earnings' },
      { text: 'Errors', link: '/errors' },
      { text: 'API reference', link: '/reference/', target: '_self' },
    ],
  },
  {
    text: 'Clients',
    items: [
      { text: 'Overview', link: '/clients/' },
      { text: 'curl', link: '/clients/curl' },
      { text: 'OpenAI SDK', link: '/clients/openai' },
      { text: 'Anthropic SDK', link: '/clients/anthropic' },
      { text: 'Files', link: '/clients/files' },
      { text: 'Batches', link: '/clients/batches' },
      { text: 'Vercel AI SDK', link: '/clients/vercel-ai-sdk' },
      { text: 'LangChain', link: '/clients/langchain' },
      { text: 'Claude Code', link: '/clients/claude-code' },
      { text: 'Codex', link: '/clients/codex' },
      { text: 'Cursor', link: '/clients/cursor' },
      { text: 'Cline', link: '/clients/cline' },
      { text: 'Continue', link: '/clients/continue' },
      { text: 'What may be in a request', link: '/wire-formats' },
    ],
  },
]
