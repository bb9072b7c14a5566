import * as l10n from '@vscode/l10n';
import { vmcbField } from '../../isa/svm/vmcb';
import { fieldBits, fieldByName, VMCS_FIELDS } from '../../isa/vmx/fields';
import type { Damage } from '../dump';
import type { DumpBuilder, Word } from './builder';
import type { LogicalLine } from './logical-lines';
import { wordsOf } from './pairs';

/** Dumps that name one field after the other: ours, and that of WinDbg's extension hvext. */

/** A member of our JSON whose value is a number, or a text that is one. */
const MEMBER = /"([A-Za-z_][\w. -]*)"\s*:\s*(?:"([^"]*)("|$)|([^\s",{}[\]]+))/dg;
/** What else our JSON may say beside fields. */
const OTHER_MEMBERS: ReadonlySet<string> = new Set(['vendor', 'format', 'comment', 'name']);

/** Reads fields out of our JSON: `"GUEST_CR0": "0x80050033"`, a number or a text, of whatever depth. */
export class RingsideJson {
  constructor(private readonly dump: DumpBuilder) {}

  /** Takes a line; false when it names no field. */
  take(line: LogicalLine): boolean {
    let taken = false;
    for (const match of line.text.matchAll(MEMBER)) {
      const [name, text, quote, number] = wordsOf(line, match as RegExpExecArray);
      const value = text?.text ? text : number;
      if (!name || !value?.text) continue;
      if (text?.text && quote?.text === '') {
        this.dump.mayBeCut({ ...value, open: true });
        continue;
      }
      taken = this.member(name, value) || taken;
    }
    return taken;
  }

  /** The text of the dump has ended. */
  end(): void {
    // Nothing waits for its end.
  }

  beginsAnew(): boolean {
    return false;
  }

  private member(name: Word, word: Word): boolean {
    if (name.text === 'error') {
      const error = this.dump.decimal(word);
      if (error === undefined) return false;
      this.dump.remarks.push({ kind: 'vmfail', error: Number(error), place: word.place });
      return true;
    }
    const bits = this.bitsOf(name.text);
    if (bits === undefined) {
      if (OTHER_MEMBERS.has(name.text)) return false;
      this.dump.damage(name.place, l10n.t('no field: {0}', name.text));
      return false;
    }
    const value = /^0x/i.test(word.text)
      ? this.dump.hexadecimal(word, { least: 1, most: 16, free: true })
      : this.dump.decimal(word);
    if (value !== undefined && value >> BigInt(bits) !== 0n) {
      this.dump.damage(word.place, l10n.t('{0} is wider than its field', word.text));
      return true;
    }
    this.dump.set(name.text.toUpperCase(), value, word.place);
    return true;
  }

  private bitsOf(name: string): number | undefined {
    if (this.dump.vendor === 'amd') return vmcbField(name)?.width;
    const row = fieldByName(name);
    return row && fieldBits(row);
  }
}

/** What is wrong with a text that should be JSON; its fields can be read all the same. */
export function syntaxDamage(text: string): Damage | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    const at = /position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
    const before = text.slice(0, at === undefined ? text.length : Number(at)).split('\n');
    const column = (before[before.length - 1] ?? '').length + 1;
    const message = l10n.t('no JSON from here on: fields are read by their names alone');
    return { place: { line: before.length, column }, message };
  }
}

const plain = (name: string): string =>
  name
    .toLowerCase()
    .replace(/\(.*?\)/g, '')
    .replace(/[^a-z0-9]/g, '')
    .replace(/^(full|addressof)/, '');

const BY_NAME = new Map(VMCS_FIELDS.map((row) => [plain(row.name), row]));

/** A value, and the longest name. */
const LONGEST_LINE = 200;

/** `0x0000000080050033 Guest CR0` */
const NAMED = /^\s*(0x[0-9a-f]+|\*+ ?FAILED ?\*+) +([A-Z].*?)\s*$/di;

/** Reads `!dump_vmcs` of hvext: one field a line, named as in the manual. */
export class HvextText {
  constructor(private readonly dump: DumpBuilder) {}

  /** Takes a line; false when it names no field. */
  take(line: LogicalLine): boolean {
    const match = line.text.length > LONGEST_LINE ? null : NAMED.exec(line.text);
    const [value, name] = match ? wordsOf(line, match) : [];
    const row = name && BY_NAME.get(plain(name.text));
    if (!value || !row) return false;
    if (value.text.startsWith('*')) return true;
    const number = this.dump.hexadecimal(value, { least: 1, most: 16, free: true });
    if (number === undefined) return true;
    this.dump.set(row.id, BigInt.asUintN(fieldBits(row), number), value.place);
    return true;
  }

  /** The text of the dump has ended. */
  end(): void {
    // Nothing waits for its end.
  }

  beginsAnew(): boolean {
    return false;
  }
}

/** Whether a line is one of hvext's. */
export function isHvextLine(text: string): boolean {
  if (text.length > LONGEST_LINE) return false;
  const name = NAMED.exec(text)?.[2];
  return name !== undefined && BY_NAME.has(plain(name));
}
