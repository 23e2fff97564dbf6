/** `provider/model`; where there is no room for both, the line breaks between them, not inside a word. */
export function ModelName({ id }: { readonly id: string }) {
  const [provider, ...rest] = id.split('/')
  if (rest.length === 0) return <>{id}</>
  return (
    <>
      {provider}/<wbr />
      {rest.join('/')}
    </>
  )
}
