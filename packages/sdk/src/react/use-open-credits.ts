import { useContext } from 'react'
import { OpenCreditsContext, type UseOpenCredits } from './provider.tsx'

/** The user's key and balance, and what to do with them; renders anew when they change. */
export function useOpenCredits(): UseOpenCredits {
  return useProvided('useOpenCredits')
}

/** @param caller named in the error, since that is what the app's developer has written */
export function useProvided(caller: string) {
  const provided = useContext(OpenCreditsContext)
  if (provided === null) throw new Error(`${caller} needs an <OpenCreditsProvider> around it.`)
  return provided
}
