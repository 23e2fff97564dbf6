/** Drawn in one line width, in the colour of the words beside them. They add nothing for who does not see them. */
const paths = {
  overview: 'M4 11.5 12 5l8 6.5M6.5 10v9h11v-9',
  usage: 'M5 19V11M12 19V5M19 19v-6',
  requests: 'M5 7h14M5 12h14M5 17h9',
  purchases: 'M7 4h10v16l-2.5-1.6L12 20l-2.5-1.6L7 20V4Zm3 5h4m-4 4h4',
  apps: 'M5 5h5.5v5.5H5zM13.5 5H19v5.5h-5.5zM5 13.5h5.5V19H5zM13.5 13.5H19V19h-5.5z',
  keys: 'M14.5 9.5a4 4 0 1 0-3.6 4l1.6 1.6H14V17h1.5v2H19v-2.9l-4.9-4.9a4 4 0 0 0 .4-1.7ZM9.4 8.4v.01',
  files: 'M7 4h6.5L18 8.5V20H7V4Zm6 0v5h5M10 13h5M10 16.5h5',
  settings:
    'M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6Zm0-5 1 2.6 2.2.9 2.5-1.2 1.9 1.9-1.2 2.5.9 2.2 2.7 1.1-2.7 1.1-.9 2.2 1.2 2.5-1.9 1.9-2.5-1.2-2.2.9-1 2.6-1-2.6-2.2-.9-2.5 1.2-1.9-1.9 1.2-2.5-.9-2.2L2 12l2.7-1.1.9-2.2-1.2-2.5 1.9-1.9 2.5 1.2 2.2-.9Z',
  menu: 'M4 7h16M4 12h16M4 17h16',
  close: 'M6.5 6.5l11 11M17.5 6.5l-11 11',
  copy: 'M9 9h10v10H9zM15 9V5H5v10h4',
  check: 'm5 12.5 4.5 4.5L19 7.5',
  alert: 'M12 4 2.8 19.5h18.4ZM12 10v4.5M12 17v.01',
  info: 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17ZM12 11v5.5M12 8v.01',
  download: 'M12 4v11m-4.5-4.5L12 15l4.5-4.5M5 19.5h14',
  passkey:
    'M9.5 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM3.5 19.5c0-3.3 2.4-5.5 6-5.5 1 0 2 .2 2.8.5M17 12.5a2.5 2.5 0 0 1 1 4.8v.7l-1 1 1 1-1.2 1.2-.8-.8v-3.1a2.5 2.5 0 0 1 1-4.8Z',
  outside: 'M14 5h5v5M19 5l-8 8M17 13.5V19H5V7h5.5',
  forward: 'm9.5 6 6 6-6 6',
  back: 'm14.5 6-6 6 6 6',
} as const

export type IconName = keyof typeof paths

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  )
}
