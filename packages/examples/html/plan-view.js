import { byId, make } from './element.js'

/** Shows a plan while it grows: headings, paragraphs, and bold times of day; nothing else of Markdown is asked for. */
export function createPlanView() {
  const area = byId('text')
  let text = ''
  let isFollowing = true
  let frame = null
  // It scrolls, so the keyboard has to reach it.
  area.tabIndex = 0
  area.addEventListener('scroll', () => {
    isFollowing = area.scrollHeight - area.scrollTop - area.clientHeight < 40
  })
  const render = (from) => {
    const blocks = text.split('\n\n').filter((block) => !block.startsWith('## '))
    while (area.children.length > from) area.lastElementChild.remove()
    area.append(...blocks.slice(from).map(renderBlock))
  }
  const drawNews = () => {
    if (frame !== null) cancelAnimationFrame(frame)
    frame = null
    // Only the last block can have changed.
    render(Math.max(0, area.children.length - 1))
    if (isFollowing) area.scrollTop = area.scrollHeight
  }
  return {
    get text() {
      return text
    },
    start(trip) {
      text = ''
      isFollowing = true
      area.replaceChildren()
      area.setAttribute('aria-busy', 'true')
      byId('answer').hidden = false
      byId('answer-title').textContent = titleOf(trip)
      byId('answer-scene').setAttribute('href', `#scene-${trip.place.scene}`)
      byId('cost').textContent = ''
      byId('answer').scrollIntoView({ block: 'start' })
    },
    add(piece) {
      text += piece
      // Words come faster than the screen is drawn.
      frame ??= requestAnimationFrame(drawNews)
    },
    end() {
      drawNews()
      area.setAttribute('aria-busy', 'false')
    },
    show(trip, saved) {
      this.start(trip)
      text = saved
      render(0)
      this.end()
      area.scrollTop = 0
    },
  }
}

export function titleOf(trip) {
  return `${trip.length.days} days in ${trip.place.name}`
}

function renderBlock(block) {
  if (block.startsWith('### ')) return make('h4', { text: block.slice(4) })
  const parts = block.split('**')
  return make(
    'p',
    {},
    parts.map((part, index) => (index % 2 === 1 ? make('strong', { text: part }) : part)),
  )
}
