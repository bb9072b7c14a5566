import type { Span } from '../diagnostics';
import { builtinName } from '../expression-parser';
import { quote } from '../literals';

/** Macros that NASM predefines (NASM manual 4.11). The version is that of the NASM whose bytes are matched. */
const FIXED: Readonly<Record<string, string>> = {
  __nasm_major__: '2',
  __nasm_minor__: '16',
  __nasm_subminor__: '1',
  __nasm_snapshot__: '0',
  __nasm_version_id__: '0x02100100',
  __nasm_ver__: "'2.16.01'",
  __output_format__: 'bin',
  __pass__: '2',
};

/**
 * The text of a predefined macro, or undefined when `name` is none.
 * @param place the line being assembled, in the source
 */
export function builtinMacro(
  name: string,
  place: Span | undefined,
  state: { readonly bits: number; readonly sectionName: string },
): string | undefined {
  if (!name.startsWith('__')) return undefined;
  const key = name.toLowerCase().replace(/^__\?/, '__').replace(/\?__$/, '__');
  const fixed = FIXED[key];
  if (fixed !== undefined) return fixed;
  switch (builtinName(name)) {
    case 'line':
      return String(place?.line ?? 0);
    case 'file':
      return quote(place?.file ?? '');
    case 'bits':
      return String(state.bits);
    case 'sect':
      return `[section ${state.sectionName}]`;
    default:
      return undefined;
  }
}
