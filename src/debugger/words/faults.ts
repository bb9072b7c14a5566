import * as l10n from '@vscode/l10n';
import { Vector, describeVector } from '../../isa/exceptions';
import { clauses, labelled, withNote } from '../../isa/phrases';
import { PageFaultError } from '../../isa/paging';
import type { Fault } from '../../processor/faults';
import type { Reason } from '../../processor/reasons/reason';

/** Exceptions in words: the same for the debugger, its views and the command line. */

const hex = (value: bigint | number): string => `0x${value.toString(16)}`;

/** What of an exception can be told: a fault, or the event that it has become. */
export type ToldException = Pick<Fault, 'vector'> &
  Partial<Pick<Fault, 'errorCode' | 'address'>> & { readonly reason?: Reason | undefined };

/** `#PF, Page Fault (error code 0x2: …, address 0x1000)`. */
export function exceptionName({
  vector,
  errorCode,
  address,
}: Omit<ToldException, 'reason'>): string {
  const name = describeVector(vector);
  const code = errorCode === undefined ? undefined : errorCodeText(vector, errorCode);
  const at = address === undefined ? undefined : l10n.t('address {0}', hex(address));
  if (code === undefined) return name;
  return at === undefined
    ? l10n.t('{0} (error code {1})', name, code)
    : l10n.t('{0} (error code {1}; {2})', name, code, at);
}

function errorCodeText(vector: number, code: number): string {
  const meaning = errorCodeMeaning(vector, code);
  return meaning === undefined ? hex(code) : labelled(hex(code), meaning);
}

/** What an error code says (SDM 3A 6.13; of page faults 4.7). */
export function errorCodeMeaning(vector: number, code: number): string | undefined {
  if (vector === Vector.PF) return pageFaultMeaning(code);
  const names = [Vector.TS, Vector.NP, Vector.SS, Vector.GP] as readonly number[];
  if (!names.includes(vector) || code === 0) return undefined;
  const [external, idt, ldt] = [code & 1, code & 2, code & 4];
  const selector = hex(code & 0xfff8);
  const what = idt
    ? l10n.t('entry {0} of the IDT', hex(code >> 3))
    : ldt
      ? l10n.t('selector {0} in the LDT', selector)
      : l10n.t('selector {0} in the GDT', selector);
  if (!external) return what;
  if (code === 1) return l10n.t('while an event was being delivered');
  return l10n.t('{0}, while an event was being delivered', what);
}

function pageFaultMeaning(code: number): string {
  const present = code & PageFaultError.P;
  const rule =
    code & PageFaultError.RSVD
      ? l10n.t('reserved bit set')
      : present
        ? l10n.t('not allowed')
        : l10n.t('not present');
  const access =
    code & PageFaultError.ID
      ? l10n.t('instruction fetch')
      : code & PageFaultError.WR
        ? l10n.t('write')
        : l10n.t('read');
  const mode = code & PageFaultError.US ? l10n.t('user mode') : l10n.t('supervisor mode');
  return clauses(rule, access, mode);
}

/** Which check failed, on what, and where the manual makes it. */
export function reasonText({ words, section }: Reason): string {
  return withNote(words(), section);
}

/** The exception, where it was raised, and why. */
export function exceptionText(exception: ToldException, place: string): string {
  const { reason } = exception;
  const first = l10n.t('{0} at {1}', exceptionName(exception), place);
  return reason ? `${first}\n${reasonText(reason)}` : first;
}

/** The faults one below the other, each with its reason and what it has to do with the one before. */
export function chainText(chain: readonly Fault[], place: string): string {
  const lines = chain.flatMap((fault, n) => {
    const name = exceptionName(fault);
    if (n > 0 && fault.vector === Vector.DF) {
      return [l10n.t('These two make a double fault: {0}', name)];
    }
    const first =
      n === 0
        ? l10n.t('{0} at {1}', name, place)
        : l10n.t('While it was being delivered: {0}', name);
    return [first, reasonText(fault.reason)];
  });
  return [...lines, l10n.t('A third fault shuts the processor down.')].join('\n');
}
