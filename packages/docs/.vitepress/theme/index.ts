import theme from 'vitepress/theme-without-fonts'
import 'virtual:palette.css'
import './style.css'

/** VitePress's own theme with the system's fonts and our colours. */
export default theme
