import { all, type ClassifiedBetas, passes, priced, refused } from '../classification.ts'

const dropped = {
  window: refused('The catalogue’s limits hold: what is beyond them is not held for.'),
  containers: refused('Containers, and files and skills in them, are kept for the operator’s users together.'),
  kept: refused('What Anthropic keeps it keeps for the operator’s users together.'),
  servers: refused('Anthropic would call servers in the operator’s name.'),
  account: refused('It is about the operator’s account, not about messages.'),
  speed: refused('Its price is another one.'),
}

/**
 * Values of `anthropic-beta`. What is refused or not named is left out of the header that goes to Anthropic, and listed in
 * `opencredits-ignored-betas`: a beta never fails a request, the fields that it allows may.
 */
export const betas: ClassifiedBetas = new Map(
  Object.entries({
    // What Claude Code sends; the first is its name.
    ...all(['claude-code-20250219', 'interleaved-thinking-2025-05-14', 'context-management-2025-06-27']),
    ...all(['per-turn-control-2026-07-01', 'mid-conversation-tool-changes-2026-07-01']),
    ...all(['thinking-token-count-2026-05-13', 'advanced-tool-use-2025-11-20', 'effort-2025-11-24']),
    ...all(['mid-conversation-system-2026-04-07', 'tool-search-tool-2025-10-19', 'structured-outputs-2025-12-15']),
    // The words of a prompt and of an answer.
    ...all(['mid-conversation-output-config-2026-07-01', 'mid-conversation-system-clear-at-2026-08-21']),
    ...all(['inline-tools-2026-09-15', 'structured-outputs-2025-11-13', 'task-budgets-2026-03-13']),
    ...all(['thinking-display-updates-2026-08-18', 'thinking-binding-controls-2026-08-01']),
    ...all(['model-context-window-exceeded-2025-08-26', 'token-efficient-tools-2025-02-19', 'pdfs-2024-09-25']),
    ...all(['token-counting-2024-11-01', 'fine-grained-tool-streaming-2025-05-14']),
    // Tools that the client runs.
    ...all(['computer-use-2024-10-22', 'computer-use-2025-01-24', 'computer-use-2025-11-24']),
    // Prices that the tables of fields and tools name.
    ...all(
      ['prompt-caching-2024-07-31', 'extended-cache-ttl-2025-04-11'],
      priced('Cache writes have their own prices.'),
    ),
    ...all(['web-search-2025-03-05', 'web-fetch-2025-09-10'], priced('See the tools.')),
    ...all(['compact-2026-01-12', 'compact-2026-09-04'], priced('Each run is billed: see context_management.')),
    'advisor-tool-2026-03-01': priced('Each consultation is billed: see the tools.'),
    ...all(['server-side-fallback-2026-06-01', 'server-side-fallback-2026-07-01'], priced('Each attempt is billed.')),
    ...all(
      ['fallback-credit-2026-06-01', 'fallback-credit-2026-07-01'],
      passes('The provider bills a retry at less than it counts; what it counts is charged.'),
    ),
    ...all(['context-1m-2025-08-07', 'output-128k-2025-02-19', 'output-300k-2026-03-24'], dropped.window),
    'fast-mode-2026-02-01': dropped.speed,
    ...all(['code-execution-2025-05-22', 'code-execution-2025-08-25', 'skills-2025-10-02'], dropped.containers),
    'files-api-2025-04-14': passes(
      'Files are kept here, for each user apart: their content takes the place of their ids.',
    ),
    ...all(['message-threads-2026-08-12', 'message-batches-2024-09-24'], dropped.kept),
    'cache-diagnosis-2026-04-07': dropped.kept,
    ...all(['mcp-client-2025-04-04', 'mcp-client-2025-11-20', 'mcp-client-2026-09-15'], dropped.servers),
    'mcp-tunnels-2026-06-22': dropped.servers,
    'dev-full-thinking-2025-05-14': refused('It is granted to single accounts, and would be the operator’s grant.'),
    ...all(['user-profiles-2026-03-24', 'user-profiles-2026-08-18', 'user-profiles-2026-09-04'], dropped.account),
    ...all(['user-profiles-billing-2026-10-01', 'managed-agents-2026-04-01', 'dreaming-2026-04-21'], dropped.account),
    ...all(['agent-memory-2026-07-22', 'ce-plugins-2026-09-01', 'spend-limit-reads-2026-09-26'], dropped.account),
    ...all(
      ['telemetry-destinations-2026-08-11', 'webhooks-2026-10-07', 'admin-user-sign-out-2026-10-08'],
      dropped.account,
    ),
    ...all(['analytics-usage-cost-2026-08-24', 'experimental-claude-tag-2026-10-21'], dropped.account),
    ...all(['ce-user-management-2026-07-13', 'ce-claude-code-managed-settings-2026-10-06'], dropped.account),
    'oauth-2025-04-20': dropped.account,
  }),
)
