// In the order of the cascade: what comes later changes what stands before it.
import './style.css'
import './frame.css'
import './controls.css'
import './forms.css'
import './tables.css'
import './pages.css'
import './states.css'
import './adaptation.css'
