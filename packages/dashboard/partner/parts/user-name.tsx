/** A pseudonym, short: eight of its digits tell an app's users apart for the eye. */
export function UserName({ id }: { readonly id: string }) {
  return <code title={id}>{id.slice(0, 11)}…</code>
}
