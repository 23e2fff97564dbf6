import '../shared/styles/all.ts'
import { render } from 'preact'
import { LocationProvider } from 'preact-iso/router'
import { SharedWordsContext } from '../shared/messages/words-context.ts'
import { NoticeProvider } from '../shared/parts/notices.tsx'
import { App } from './app.tsx'
import { createAccountWords, WordsContext } from './messages/words-context.ts'

const root = document.getElementById('root')
if (root !== null) {
  const words = createAccountWords(navigator.languages)
  render(
    <SharedWordsContext.Provider value={words}>
      <WordsContext.Provider value={words}>
        <LocationProvider scope="/account">
          <NoticeProvider>
            <App />
          </NoticeProvider>
        </LocationProvider>
      </WordsContext.Provider>
    </SharedWordsContext.Provider>,
    root,
  )
}
