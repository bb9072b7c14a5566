import { fieldBits, fieldByName, type FieldId } from '../../isa/vmx/fields';
import type { DumpBuilder, Digits, Word } from './builder';
import type { LogicalLine } from './logical-lines';
import { PairFinder, wordsOf, type Pair } from './pairs';
import {
  CONTROL_LABELS,
  EVENT_LABELS,
  GUEST_LABELS,
  HOST_LABELS,
  SHARED_LABELS,
  SHORT,
  SYSENTER_TARGET,
} from './vmcs-labels';

const EQUALS = '\\s*=\\s*';
const GUEST_PAIRS = new PairFinder(Object.keys(GUEST_LABELS), EQUALS);
const HOST_PAIRS = new PairFinder(Object.keys(HOST_LABELS), '=');
// 'SM Base' and 'Guest PAT' hold labels of others: all are looked for at once.
const SHARED_PAIRS = new PairFinder(
  [...Object.keys(SHARED_LABELS), ...Object.keys(GUEST_LABELS), 'CS:RIP'],
  EQUALS,
);
const CONTROL_PAIRS = new PairFinder([...Object.keys(CONTROL_LABELS), 'SVI|RVI'], EQUALS);
const EVENT_PAIRS = new PairFinder(['intr_info', 'info', 'errcode', 'ilen'], '=');
/** What goes on a line that begins with `PLE Gap=` and `SPEC_CTRL mask =`. */
const SECOND_PAIRS = new PairFinder(['Window', 'shadow'], EQUALS);

const CONTROL_REGISTER = /\bCR([04]): +actual=(\S*?),? +shadow=(\S*?),? +(?:gh_)?mask=(\S*)/d;
const CUT_CONTROL_REGISTER = /\bCR([04]): +actual=(0x[0-9a-f]{16})(?![0-9a-f])/d;
/** Up to Xen 4.5. */
const OLD_CR3 = /\bCR3: +actual=(\S*?), +target_count=(\S*)/d;
const GUEST_CR3 = /(?<![\w.])CR3 = (\S*)/d;
const HOST_CONTROL_REGISTERS = /(?<![\w.])CR([034])=(0x)?([0-9a-f]*)/dg;
const NAMES = '(CS|DS|SS|ES|FS|GS|LDTR|TR|GDTR|IDTR)';
const SEGMENT = new RegExp(
  `(?<!\\w)${NAMES}: +(?:sel=(\\S*?),? +attr=(\\S*?),? +)?limit=(\\S*?),? +base=(\\S*)`,
  'd',
);
/** In Xen from 4.6: a table with bare columns. */
const BARE_SEGMENT = new RegExp(
  `^ *${NAMES}: (?:([0-9a-f]+) ([0-9a-f]+)| +) *([0-9a-f]+) (\\S+)$`,
  'd',
);
const EVENT = /(?<!\w)(VMEntry|VMExit|IDTVectoring): /;
const MSR_AREA = /MSR (guest|host) auto(load|store):/;
const MSR_ENTRY = /^\s*\d+: msr=(\S+) +value=(\S+)/d;
const OTHER_EFER = /(?<!\w)EFER\s*=\s*(\S+) +\((effective|autoload)\)/d;

/** What QEMU prints of the processor as it sees it: no VMCS. */
const QEMU_REGISTERS =
  /^ *([ER](AX|SI|IP)=|R8 *=|R12=|DR[06]=|[C-GS]S ?=[0-9a-f]{4} [0-9a-f]{8}|(LDT|TR|GDT|IDT) *= ?[0-9a-f]+ |CR0=\S+ CR2=|EFER=[0-9a-f]{16}$)/;

/** The digits that a field's value is printed with. */
export function digitsOf(id: FieldId): Digits {
  const row = fieldByName(id);
  const most = row ? fieldBits(row) / 4 : 16;
  return { least: Math.min(SHORT[id] ?? most, most), most };
}

/**
 * Reads the lines of a VMCS as KVM and Xen print it. A label of guest and host state is a guest's where
 * the line cannot be another's: before a line of the guest alone, or before the heading of the host's.
 */
export class VmcsText {
  private section: 'guest' | 'host' | 'control' = 'guest';
  private autoload = false;
  /** What is the guest's, if no line of the host's comes next. */
  private unsure: (() => void)[] = [];

  constructor(private readonly dump: DumpBuilder) {}

  /** Takes a line; false when it says nothing of a VMCS. */
  take(line: LogicalLine): boolean {
    if (QEMU_REGISTERS.test(line.text)) return false;
    if (this.heading(line.text)) return true;
    if (this.msrs(line)) return true;
    const before = this.dump.size + this.dump.damages.length + this.unsure.length;
    this.controlRegisters(line);
    this.segment(line);
    this.hostLine(line);
    this.guestLine(line);
    this.sharedLine(line);
    this.controlLine(line);
    return this.dump.size + this.dump.damages.length + this.unsure.length !== before;
  }

  /** The text of the dump has ended: what is not sure stays unknown. */
  end(): void {
    this.unsure = [];
  }

  /** Whether a line begins a guest-state area while this one's is over. */
  beginsAnew(text: string): boolean {
    return this.section !== 'guest' && CONTROL_REGISTER.test(text);
  }

  private heading(text: string): boolean {
    if (text.includes('*** Host State ***')) {
      this.guestIsSure();
      this.section = 'host';
      return true;
    }
    if (!text.includes('*** Control State ***')) return false;
    this.toControls();
    return true;
  }

  private guestIsSure(): void {
    for (const commit of this.unsure) commit();
    this.unsure = [];
  }

  private toHost(): void {
    if (this.section === 'guest') {
      this.unsure = [];
      this.section = 'host';
    }
  }

  private toControls(): void {
    this.unsure = [];
    this.section = 'control';
  }

  private put(id: FieldId, word: Word): void {
    this.dump.set(id, this.dump.hexadecimal(word, digitsOf(id)), word.place);
  }

  private controlRegisters(line: LogicalLine): void {
    const whole = CONTROL_REGISTER.exec(line.text) ?? CUT_CONTROL_REGISTER.exec(line.text);
    if (whole) {
      const [number, actual, shadow, mask] = wordsOf(line, whole);
      const name = number?.text === '0' ? 'CR0' : 'CR4';
      if (actual) this.put(`GUEST_${name}`, actual);
      if (shadow) this.put(`${name}_READ_SHADOW`, shadow);
      if (mask) this.put(`${name}_GUEST_HOST_MASK`, mask);
      this.guestIsSure();
    }
    const old = OLD_CR3.exec(line.text);
    const [cr3, count] = old ? wordsOf(line, old) : [];
    if (cr3) this.put('GUEST_CR3', cr3);
    if (count) this.dump.set('CR3_TARGET_COUNT', this.dump.decimal(count), count.place);
    const own = GUEST_CR3.exec(line.text);
    const [guest] = own ? wordsOf(line, own) : [];
    if (guest) this.put('GUEST_CR3', guest);
    if (own ?? old) this.guestIsSure();
  }

  private segment(line: LogicalLine): void {
    const spelled = SEGMENT.exec(line.text);
    const bare = spelled ? null : BARE_SEGMENT.exec(line.text);
    const found = spelled ?? bare;
    if (!found) return;
    if (bare) this.dump.format = 'xen';
    const [name, selector, rights, limit, base] = wordsOf(line, found);
    if (!name || !limit || !base) return;
    const id = `GUEST_${name.text}` as 'GUEST_CS';
    const table = name.text === 'GDTR' || name.text === 'IDTR';
    if (!table && selector?.text) this.put(`${id}_SELECTOR`, selector);
    if (!table && rights?.text) this.accessRights(`${id}_AR_BYTES`, rights);
    this.put(`${id}_LIMIT`, limit);
    this.put(`${id}_BASE`, base);
    this.guestIsSure();
  }

  private accessRights(id: FieldId, word: Word): void {
    // Printed as 5 digits, of which the last 16 bits and the "unusable" bit count.
    this.dump.set(id, this.dump.hexadecimal(word, { least: 5, most: 8 }), word.place);
  }

  private hostLine(line: LogicalLine): void {
    const pairs = /: +sel=|actual=/.test(line.text) ? [] : HOST_PAIRS.in(line);
    for (const { label, word } of pairs) {
      const id = HOST_LABELS[label];
      if (!id) continue;
      this.toHost();
      this.put(id, word);
    }
    for (const match of line.text.matchAll(HOST_CONTROL_REGISTERS)) {
      const [number, , value] = wordsOf(line, match as RegExpExecArray);
      if (!number || !value) continue;
      this.toHost();
      this.put(`HOST_CR${number.text}` as FieldId, value);
    }
  }

  private guestLine(line: LogicalLine): void {
    for (const { label, word } of GUEST_PAIRS.in(line)) {
      const id = GUEST_LABELS[label];
      if (!id) continue;
      if (label.startsWith('PDPTE') || label.startsWith('Guest ')) this.dump.format = 'xen';
      this.put(id, word);
      this.guestIsSure();
    }
  }

  private sharedLine(line: LogicalLine): void {
    if (this.section === 'control') return;
    const other = OTHER_EFER.exec(line.text);
    if (other) {
      const [word] = wordsOf(line, other);
      // Not the field: the MSR-load area's, or what KVM believes. The guest's, for no host prints it so.
      if (word) this.dump.believedEfer = this.dump.hexadecimal(word, { least: 16, most: 16 });
      this.guestIsSure();
      return;
    }
    for (const pair of SHARED_PAIRS.in(line)) {
      if (pair.label === 'CS:RIP') this.sysenterTarget(pair);
      else this.shared(pair);
    }
  }

  private shared({ label, word }: Pair): void {
    const ids = SHARED_LABELS[label];
    if (!ids) return;
    if (label === 'EFER(VMCS)') this.dump.format = 'xen';
    const [guest, host] = ids;
    if (this.section === 'host') this.put(host, word);
    else this.unsure.push(() => this.put(guest, word));
  }

  /** `CS:RIP=0010:ffffffff81851f60` */
  private sysenterTarget({ word }: Pair): void {
    const colon = word.text.indexOf(':');
    const [cs, rip] = [word.text.slice(0, Math.max(colon, 0)), word.text.slice(colon + 1)];
    const place = { line: word.place.line, column: word.place.column + colon + 1 };
    const put = ([csId, ripId]: readonly [FieldId, FieldId]): void => {
      this.put(csId, { text: cs, place: word.place });
      this.put(ripId, { text: rip, place });
    };
    if (this.section === 'host') put(SYSENTER_TARGET.host);
    else this.unsure.push(() => put(SYSENTER_TARGET.guest));
  }

  private controlLine(line: LogicalLine): void {
    const event = EVENT.exec(line.text)?.[1];
    if (event !== undefined) {
      for (const { label, word } of EVENT_PAIRS.in(line)) {
        const id = EVENT_LABELS[event]?.[label];
        if (id) this.put(id, word);
      }
      this.toControls();
      return;
    }
    for (const { label, word } of CONTROL_PAIRS.in(line)) {
      if (label === 'SVI|RVI') this.interruptStatus(line);
      const id = CONTROL_LABELS[label];
      if (!id) continue;
      this.put(id, word);
      // Up to Xen 4.5 the offset stands among the guest's state.
      if (id !== 'TSC_OFFSET' && !id.startsWith('CR3_TARGET')) this.toControls();
    }
    this.secondPairs(line);
  }

  private interruptStatus(line: LogicalLine): void {
    const match = /SVI\|RVI = ([0-9a-f]{2})\|([0-9a-f]{2})(?![0-9a-f])/d.exec(line.text);
    const [svi, rvi] = match ? wordsOf(line, match) : [];
    if (!svi || !rvi) return;
    this.put('GUEST_INTR_STATUS', { text: svi.text + rvi.text, place: svi.place });
  }

  private secondPairs(line: LogicalLine): void {
    const id = /PLE Gap=/.test(line.text)
      ? 'PLE_WINDOW'
      : /SPEC_CTRL mask/.test(line.text)
        ? 'SPEC_CTRL_SHADOW'
        : undefined;
    const [pair] = id ? SECOND_PAIRS.in(line) : [];
    if (id && pair) this.put(id, pair.word);
  }

  private msrs(line: LogicalLine): boolean {
    const area = MSR_AREA.exec(line.text);
    if (area) {
      this.autoload = area[1] === 'guest' && area[2] === 'load';
      return true;
    }
    const match = MSR_ENTRY.exec(line.text);
    const [index, value] = match ? wordsOf(line, match) : [];
    if (!index || !value) return false;
    const number = this.dump.hexadecimal(index, { least: 8, most: 8 });
    const data = this.dump.hexadecimal(value, { least: 16, most: 16 });
    if (!this.autoload || number === undefined || data === undefined) return true;
    this.dump.entryMsrs.push({ index: Number(number), value: data, place: index.place });
    return true;
  }
}
