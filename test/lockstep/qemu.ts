import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GdbRemote } from './gdb-remote';
import { COMPARED, PROGRAM, rom, type Peer } from './peer';
import { REGISTERS, bytesOf, type Register, type Registers } from './registers';

/** What fits into a packet of QEMU's stub. */
const PIECE = 1024;

/** QEMU, one instruction at a time. */
export class Qemu implements Peer {
  readonly name = 'QEMU';
  /** TCG never sets it. */
  readonly pushesResumeFlag = false;
  readonly trapsAtOnce = true;
  readonly silent: ReadonlySet<Register> = new Set();

  private constructor(
    private readonly child: ChildProcess,
    private readonly gdb: GdbRemote,
    private readonly folder: string,
  ) {}

  static async start(): Promise<Qemu> {
    const folder = mkdtempSync(join(tmpdir(), 'ringside-lockstep-'));
    const chip = join(folder, 'rom.bin');
    const socket = join(folder, 'gdb');
    writeFileSync(chip, rom());
    const child = spawn(
      'qemu-system-x86_64',
      [
        ...['-S', '-display', 'none', '-nodefaults', '-vga', 'none', '-m', '16', '-cpu', 'max'],
        ...['-bios', chip, '-chardev', `socket,id=gdb,path=${socket},server=on,wait=off`],
        ...['-gdb', 'chardev:gdb', '-serial', 'null'],
      ],
      { stdio: 'ignore' },
    );
    for (let n = 0; n < 500 && !existsSync(socket); n++) await pause();
    const gdb = await GdbRemote.connect(socket);
    await gdb.ask('?');
    // Only who has asked for their description may write single registers.
    await gdb.ask('qXfer:features:read:target.xml:0,ffb');
    return new Qemu(child, gdb, folder);
  }

  end(): void {
    this.gdb.end();
    this.child.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** As after RESET; memory keeps what it holds. */
  private async reset(): Promise<void> {
    // The reset comes some time after the answer: it is seen by RIP, which must not be there already.
    await this.step();
    await this.gdb.ask(`qRcmd,${Buffer.from('system_reset').toString('hex')}`);
    for (;;) {
      const { rip, cs } = await this.registers();
      if (rip === 0xfff0n && cs === 0xf000n) return;
      await pause();
    }
  }

  async load(program: Uint8Array): Promise<void> {
    await this.reset();
    const memory = new Uint8Array(COMPARED.end);
    memory.set(program, PROGRAM);
    await this.writeMemory(0, memory);
    await this.step();
    await this.set('rflags', 2n);
  }

  private async writeMemory(address: number, bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; at += PIECE) {
      const piece = Buffer.from(bytes.subarray(at, at + PIECE));
      const where = `${(address + at).toString(16)},${piece.length.toString(16)}`;
      const answer = await this.gdb.ask(`M${where}:${piece.toString('hex')}`);
      if (answer !== 'OK') throw new Error(`QEMU does not take memory at ${where}: ${answer}`);
    }
  }

  /** Through the translation of the present mode. */
  async readMemory(address: number, length: number): Promise<Uint8Array> {
    const pieces: Buffer[] = [];
    for (let at = 0; at < length; at += PIECE) {
      const size = Math.min(PIECE, length - at);
      const answer = await this.gdb.ask(`m${(address + at).toString(16)},${size.toString(16)}`);
      pieces.push(Buffer.from(answer, 'hex'));
    }
    return Buffer.concat(pieces);
  }

  async step(): Promise<void> {
    const answer = await this.gdb.ask('s');
    if (!/^[ST]/.test(answer)) throw new Error(`QEMU does not step: ${answer}`);
  }

  async registers(): Promise<Registers> {
    const bytes = Buffer.from(await this.gdb.ask('g'), 'hex');
    const result: Partial<Record<Register, bigint>> = {};
    let at = 0;
    REGISTERS.forEach((register, n) => {
      const size = bytesOf(n);
      result[register] = size === 4 ? BigInt(bytes.readUInt32LE(at)) : bytes.readBigUInt64LE(at);
      at += size;
    });
    return result as Registers;
  }

  private async set(register: Register, value: bigint): Promise<void> {
    const n = REGISTERS.indexOf(register);
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(value);
    const hex = bytes.toString('hex', 0, bytesOf(n));
    await this.gdb.ask(`P${n.toString(16)}=${hex}`);
  }
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 10));
