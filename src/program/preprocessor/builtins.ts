import type { Span } from '../diagnostics';
import { builtinName } from '../expression-parser';
import { quote } from '../literals';
import type { Preprocessor } from './preprocessor';

/** Macros that NASM predefines (NASM manual 5.1). The version is that of the NASM whose bytes are matched. */
const FIXED: Readonly<Record<string, string>> = {
  __nasm_major__: '2',
  __nasm_minor__: '16',
  __nasm_subminor__: '1',
  __nasm_patchlevel__: '0',
  __nasm_snapshot__: '0',
  __nasm_version_id__: '0x02100100',
  __nasm_ver__: "'2.16.01'",
  __nasm_version__: "'2.16.01'",
  __output_format__: 'bin',
  __pass__: '2',
};

const two = (n: number): string => String(n).padStart(2, '0');

/** Date and time, local and universal (NASM manual 5.1.6). */
function timeMacro(key: string, now: Date): string | undefined {
  const match = /^__(utc_)?(date|time)(_num)?__$/.exec(key);
  if (!match)
    return key === '__posix_time__' ? String(Math.floor(now.getTime() / 1000)) : undefined;
  const [, utc, what, numeric] = match;
  // Shifted, so that the universal fields of the shifted time are the local ones of the real one.
  const shift = utc === undefined ? now.getTimezoneOffset() * 60_000 : 0;
  const t = new Date(now.getTime() - shift);
  const parts =
    what === 'date'
      ? [String(t.getUTCFullYear()), two(t.getUTCMonth() + 1), two(t.getUTCDate())]
      : [two(t.getUTCHours()), two(t.getUTCMinutes()), two(t.getUTCSeconds())];
  if (numeric !== undefined) return String(Number(parts.join('')));
  return quote(parts.join(what === 'date' ? '-' : ':'));
}

const POINTERS: Readonly<Record<number, string>> = { 16: 'word', 32: 'dword', 64: 'qword' };

/**
 * The text of a predefined macro, or undefined when `name` is none.
 * @param place the line being assembled, in the source
 */
export function builtinMacro(
  name: string,
  place: Span | undefined,
  { host, packages }: Pick<Preprocessor, 'host' | 'packages'>,
): string | undefined {
  if (!name.startsWith('__')) return undefined;
  const key = name.toLowerCase().replace(/^__\?/, '__').replace(/\?__$/, '__');
  const fixed = FIXED[key] ?? timeMacro(key, host.now);
  if (fixed !== undefined) return fixed;
  const used = /^__use_(\w+)__$/.exec(key)?.[1];
  if (used !== undefined) return packages.has(used) ? '' : undefined;
  switch (builtinName(name)) {
    case 'line':
      return String(place?.line ?? 0);
    case 'file':
      return quote(place?.file ?? '');
    case 'bits':
      return String(host.bits);
    case 'ptr':
      return POINTERS[host.bits];
    case 'sect':
      return host.sectionText;
    default:
      return undefined;
  }
}
