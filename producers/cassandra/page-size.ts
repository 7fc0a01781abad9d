const FEWEST_ROWS = 10
const GROWTH = 1.1

/** How many rows a page asks for: as many as is set, fewer for a while after a page that was too much. */
export class PageSize {
  readonly #most: number
  #rows: number

  constructor(most: number) {
    this.#most = most
    this.#rows = most
  }

  atMost(limit: number): number {
    return Math.min(limit, Math.floor(this.#rows))
  }

  shrink(): void {
    this.#rows = Math.max(Math.min(FEWEST_ROWS, this.#most), this.#rows / 2)
  }

  grow(): void {
    this.#rows = Math.min(this.#most, this.#rows * GROWTH)
  }
}
