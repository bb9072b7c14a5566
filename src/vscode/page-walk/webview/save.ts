import { ON_PAPER } from '../style';

/** The picture as a file that stands for itself: the same drawing, with colours for a light page. */
export function svgText(drawing: SVGSVGElement): string {
  const copy = drawing.cloneNode(true) as SVGSVGElement;
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  for (const cell of copy.querySelectorAll('.cell')) {
    cell.classList.remove('unlit', 'chosen');
    for (const name of ['role', 'tabindex', 'aria-pressed', 'data-id']) cell.removeAttribute(name);
  }
  const style = document.createElementNS('http://www.w3.org/2000/svg', 'style');
  style.textContent = ON_PAPER;
  copy.prepend(style);
  return new XMLSerializer().serializeToString(copy).replace(/<!--.*?-->/gs, '');
}
