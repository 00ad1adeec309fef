// How one comes to the page that learns from nothing, and back. Each is an address of its own, so that
// a reload stays where it was and what one page holds is let go when the other opens.

const NAME = "from-nothing";

/** Whether this address is that of the page that learns from nothing. */
export function isFromNothing(): boolean {
  return new URLSearchParams(location.search).has(NAME);
}

export function goFromNothing(): void {
  location.assign(`?${NAME}`);
}

export function goToPhotos(): void {
  location.assign(location.pathname);
}
