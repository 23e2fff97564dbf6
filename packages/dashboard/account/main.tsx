import './style.css'
import './frame.css'
import './controls.css'
import './forms.css'
import './tables.css'
import './pages.css'
import './states.css'
import './adaptation.css'
import { render } from 'preact'
import { LocationProvider } from 'preact-iso/router'
import { App } from './app.tsx'
import { createWords, WordsContext } from './messages/words-context.ts'
import { NoticeProvider } from './parts/notices.tsx'

const root = document.getElementById('root')
if (root !== null) {
  render(
    <WordsContext.Provider value={createWords(navigator.languages)}>
      <LocationProvider scope="/account">
        <NoticeProvider>
          <App />
        </NoticeProvider>
      </LocationProvider>
    </WordsContext.Provider>,
    root,
  )
}
