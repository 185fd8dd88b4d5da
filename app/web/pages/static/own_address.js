// A page that answers a form stands in the browser's history as that form: going back to it would ask to send it
// once more, and as no page is kept, the browser shows an error of its own instead. So it is noted there under
// the address at which it, or the page that the form stood on, can be had by a link.

export function standOnItsOwn() {
  const { address } = document.documentElement.dataset;
  if (address) history.replaceState({}, "", address);
}
