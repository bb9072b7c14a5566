import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROGRAM, rom, type Peer } from './peer';
import { REGISTERS, type Register, type Registers } from './registers';

/** The prompt of its debugger. */
const PROMPT = /<bochs:\d+> $/;

/** Bochs, by its debugger on standard input and output. Each program gets a Bochs of its own. */
export class Bochs implements Peer {
  readonly name = 'Bochs';
  readonly pushesResumeFlag = true;
  readonly trapsAtOnce = false;
  readonly silent: ReadonlySet<Register> = new Set(['kernel_gs_base']);
  private readonly folder = mkdtempSync(join(tmpdir(), 'ringside-lockstep-'));
  private child: ChildProcess | undefined;
  private text = '';
  private waiting: ((text: string) => void) | undefined;

  async load(program: Uint8Array): Promise<void> {
    this.child?.kill();
    const file = (name: string): string => join(this.folder, name);
    writeFileSync(file('rom.bin'), rom());
    writeFileSync(file('program.bin'), program);
    writeFileSync(file('bochsrc'), this.configuration(file));
    this.child = spawn('bochs', ['-q', '-f', file('bochsrc')], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    this.text = '';
    this.child.stdout?.on('data', (data: Buffer) => {
      this.text += data.toString('latin1');
      this.take();
    });
    await this.answer();
    await this.step();
  }

  private configuration(file: (name: string) => string): string {
    return [
      'megs: 32',
      'cpu: model=corei7_skylake_x, count=1, reset_on_triple_fault=0',
      `romimage: file=${file('rom.bin')}, address=0xffff0000`,
      `optramimage1: file=${file('program.bin')}, address=0x${PROGRAM.toString(16)}`,
      'display_library: rfb, options="timeout=0"', // one that needs neither window nor terminal
      'speaker: enabled=0',
      'plugin_ctrl: speaker=0, parallel=0, gameport=0, iodebug=0, biosdev=0',
      `log: ${file('log.txt')}`,
      'panic: action=report',
      'error: action=ignore',
      '',
    ].join('\n');
  }

  async step(): Promise<void> {
    await this.ask('s');
  }

  async registers(): Promise<Registers> {
    const general = await this.ask('r');
    const segments = await this.ask('sreg');
    const control = await this.ask('creg');
    const value = (register: Register): bigint => {
      if (register === 'kernel_gs_base') return 0n;
      if (register === 'rflags') return hex(general, /^eflags 0x([0-9a-f]+)/m);
      if (register === 'efer') return hex(control, /^EFER=0x([0-9a-f]+)/m);
      if (register.startsWith('cr')) {
        return hex(control, new RegExp(`^${register}[:=].*?0x([0-9a-f]+)`, 'im'));
      }
      if (register.startsWith('r')) {
        return hex(general, new RegExp(`^${register} *: ([0-9a-f_]+)`, 'm'));
      }
      const segment = register.slice(0, 2);
      return register.endsWith('base')
        ? baseOf(segments, segment)
        : hex(segments, new RegExp(`^${segment}:0x([0-9a-f]+)`, 'm'));
    };
    return Object.fromEntries(REGISTERS.map((name) => [name, value(name)])) as Registers;
  }

  async readMemory(address: number, length: number): Promise<Uint8Array> {
    const file = join(this.folder, 'memory.bin');
    await this.ask(`writemem "${file}" 0x${address.toString(16)} ${String(length)}`);
    return new Uint8Array(readFileSync(file));
  }

  end(): void {
    this.child?.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private ask(command: string): Promise<string> {
    this.text = '';
    this.child?.stdin?.write(`${command}\n`);
    return this.answer();
  }

  private answer(): Promise<string> {
    return new Promise((resolve) => {
      this.waiting = resolve;
      this.take();
    });
  }

  private take(): void {
    if (!PROMPT.test(this.text)) return;
    const { waiting, text } = this;
    this.waiting = undefined;
    waiting?.(text);
  }
}

/** Told in words, but not where the selector is null: then the descriptor has it. */
function baseOf(text: string, segment: string): bigint {
  const told = new RegExp(`^${segment}:.*\\n\\t.*base=0x([0-9a-f]+)`, 'm');
  if (told.test(text)) return hex(text, told);
  const high = hex(text, new RegExp(`^${segment}:.*dh=0x([0-9a-f]+)`, 'm'));
  const low = hex(text, new RegExp(`^${segment}:.*dl=0x([0-9a-f]+)`, 'm'));
  return (high & 0xff00_0000n) | ((high & 0xffn) << 16n) | (low >> 16n);
}

function hex(text: string, pattern: RegExp): bigint {
  const found = pattern.exec(text)?.[1];
  if (found === undefined) throw new Error(`Bochs does not tell ${pattern.source}:\n${text}`);
  return BigInt(`0x${found.replace('_', '')}`);
}
