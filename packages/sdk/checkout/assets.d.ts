/** Vite makes a style sheet of it. */
declare module '*.css'
/** Vite makes a text of it. */
declare module '*.css?inline' {
  const text: string
  export default text
}
