// The places of next edits, in offsets, in a text that goes on changing.

export interface Span {
  start: number
  end: number // behind it
}

export interface Place extends Span {
  oldText: string
  newText: string
}

// In the form in which VS Code reports it.
export interface Change {
  rangeOffset: number
  rangeLength: number
  text: string
}

// Without those that the change touches.
export function shifted(places: Place[], change: Change): Place[] {
  const begin = change.rangeOffset
  const end = begin + change.rangeLength
  const by = change.text.length - change.rangeLength
  return places
    .filter((place) => place.end < begin || end < place.start)
    .map((place) =>
      place.end < begin ? place : { ...place, start: place.start + by, end: place.end + by },
    )
}

// On the cursor's line where there is one, else in the whole text: the first one that does not end
// before the cursor, else the first one.
export function nextOf(places: Place[], cursor: number, line: Span): Place | undefined {
  const onLine = places.filter(({ start }) => line.start <= start && start <= line.end)
  const among = onLine.length ? onLine : places
  return among.find(({ end }) => cursor <= end) ?? among[0]
}
