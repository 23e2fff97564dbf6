import { useState } from 'preact/hooks'

/** The app's logo; where there is none, or it does not load, its first letter. */
export function AppLogo({ name, url }: { readonly name: string; readonly url: string | null }) {
  const [isBroken, setBroken] = useState(false)
  if (url !== null && !isBroken)
    return <img class="logo" src={url} alt="" width="40" height="40" onError={() => setBroken(true)} />
  return (
    <span class="logo letter" aria-hidden="true">
      {[...name.trim()][0]?.toLocaleUpperCase() ?? ''}
    </span>
  )
}
