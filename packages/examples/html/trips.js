import { modelLabel } from './choices.js'
import { byId, make, makeScene } from './element.js'
import { formatCost } from './money.js'
import { titleOf } from './plan-view.js'

const name = 'wander:trips'
const tripsMax = 20

/** The trips of this browser. An app with accounts keeps them on its server. */
export function createTrips(onChosen) {
  const list = byId('trip-list')
  const draw = (shown) => {
    const trips = read()
    byId('trips').hidden = trips.length === 0
    list.replaceChildren(
      ...trips.map((trip) =>
        make('li', {}, [makeButton(trip, trip.id === shown, () => draw(trip.id) ?? onChosen(trip))]),
      ),
    )
  }
  return {
    draw,
    /** Saved again once its charge is known. */
    save(trip) {
      const others = read().filter(({ id }) => id !== trip.id)
      localStorage.setItem(name, JSON.stringify([trip, ...others].slice(0, tripsMax)))
      draw(trip.id)
    },
    forget() {
      localStorage.removeItem(name)
      draw(null)
    },
  }
}

function read() {
  try {
    return JSON.parse(localStorage.getItem(name)) ?? []
  } catch {
    return []
  }
}

function makeButton(trip, isShown, onClick) {
  const button = make('button', { type: 'button', ...(isShown ? { 'aria-current': 'true' } : {}) }, [
    makeScene(trip.place),
    make('span', { text: titleOf(trip) }, [make('small', { text: modelLabel(trip.model) })]),
    make('span', { className: 'paid', text: trip.charge === null ? '' : formatCost(trip.charge) }),
  ])
  button.addEventListener('click', onClick)
  return button
}
