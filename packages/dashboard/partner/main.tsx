import '../shared/styles/all.ts'
import './styles/shell.css'
import './styles/settings.css'
import './styles/branding.css'
import './styles/members.css'
import './styles/setup.css'
import './styles/figures.css'
import { render } from 'preact'
import { LocationProvider } from 'preact-iso/router'
import { SharedWordsContext } from '../shared/messages/words-context.ts'
import { NoticeProvider } from '../shared/parts/notices.tsx'
import { Console } from './app.tsx'
import { createPartnerWords, WordsContext } from './messages/words-context.ts'

const root = document.getElementById('root')
if (root !== null) {
  const words = createPartnerWords(navigator.languages)
  render(
    <SharedWordsContext.Provider value={words}>
      <WordsContext.Provider value={words}>
        <LocationProvider scope="/partner">
          <NoticeProvider>
            <Console />
          </NoticeProvider>
        </LocationProvider>
      </WordsContext.Provider>
    </SharedWordsContext.Provider>,
    root,
  )
}
