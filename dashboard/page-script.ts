/**
 * The script of every page: one that shows what is now asks for itself again as the server says that something changed.
 * What comes is parsed and put in its place; no script in it would run, nor would the page's policy let it.
 */
export const pageScript = `
const main = document.querySelector('main[data-live]')
if (main && 'EventSource' in window) {
  let place = main
  let isAsking = false
  const show = async () => {
    const selection = document.getSelection()
    if (isAsking || document.hidden || (selection && !selection.isCollapsed)) return
    if (place.contains(document.activeElement) && document.activeElement !== document.body) return
    isAsking = true
    try {
      const answer = await fetch(location.href, { headers: { accept: 'text/html' } })
      if (!answer.ok) return
      const next = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('main')
      if (!next) return
      const open = new Set([...place.querySelectorAll('details[open][id]')].map(({ id }) => id))
      for (const part of next.querySelectorAll('details[id]')) if (open.has(part.id)) part.open = true
      place.replaceWith(next)
      place = next
    } catch {
      // The server is away: EventSource asks again by itself.
    } finally {
      isAsking = false
    }
  }
  new EventSource('/events').addEventListener('changed', show)
}
`
