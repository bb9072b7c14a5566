import { html, svg, type TemplateResult } from 'lit';

/** Lines over the colour, by which parts are told apart without it. */
const MARKS = [
  '',
  'M0 8 8 0M-2 2 2 -2M6 10 10 6',
  'M0 0 8 8M-2 6 2 10M6 -2 10 2',
  'M0 4H8',
  'M4 0V8',
  'M0 4H8M4 0V8',
  'M2 2h1v1h-1zM6 6h1v1h-1z',
  'M0 8 8 0M0 0 8 8',
];

/**
 * Patterns in the colours of the page's style.
 *
 * @param name before the numbers of their ids
 */
export const patterns = (name: string, count: number): TemplateResult => svg`<defs>
  ${Array.from(
    { length: count },
    (_, n) => svg`<pattern id="${name}-${n}" width="8" height="8" patternUnits="userSpaceOnUse">
      <rect class="colour-${n}" width="8" height="8" />
      <path class="mark" d=${MARKS[n % MARKS.length] ?? ''} />
    </pattern>`,
  )}
</defs>`;

/** A piece of a pattern, for where its name stands. Only beside a drawing that has the patterns. */
export const swatch = (pattern: string): TemplateResult =>
  html`<svg class="swatch" width="16" height="12" aria-hidden="true">
    <rect class="part" width="16" height="12" fill="url(#${pattern})" />
  </svg>`;
