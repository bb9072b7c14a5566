import { Command, Option } from 'commander';
import { HOSTINGS, MONITORS } from '../session';
import { assembleCommand } from './asm';
import { compareCommand, type CompareOptions } from './compare';
import { disassembleCommand } from './disasm';
import { endOnTrouble, statusOfError } from './ends';
import { notBuiltYet } from './errors';
import { parseCount } from './files';
import type { GdbOptions } from './gdb/gdb';
import { replayCommand, type ReplayOptions } from './replay';
import { runCommand, type RunOptions } from './run';
import { vmcsCommand, type VmcsOptions } from './vmcs';

/** The command line. Its options and exit statuses are a contract: see README.md. */

function program(): Command {
  const root = new Command('ringside')
    .description('Debug guest code under virtualization, on a simulated x86-64 computer.')
    .exitOverride()
    .configureOutput({ writeErr: (text) => process.stderr.write(text) });

  withMachine(root.command('run'))
    .description('run a guest to its end; its first serial port is stdin and stdout')
    .option('--keys <text>', 'type this on the keyboard')
    .option('--screen <file>', 'write what the screen shows at the end')
    .option('--max-instructions <n>', 'stop after so many instructions (exit status 3)')
    .option('--json <file>', 'write how the run ended')
    .option('--record <file>', 'write a recording of the run, for replay and for the debugger')
    .action((image: string | undefined, options: RunOptions) => finish(runCommand(image, options)));

  root
    .command('replay')
    .description('do a recorded run again, and see whether it comes to the same end')
    .argument('<file>', 'the recording')
    .option('--to <n>', 'only until so many instructions have been executed')
    .option('--json <file>', 'write how the replay ended')
    .action((file: string, options: ReplayOptions) => finish(replayCommand(file, options)));

  withImage(root.command('compare'))
    .description('run a guest in every way there is, and compare what it does and costs')
    .option('--keys <text>', 'type this on the keyboard')
    .option('--max-instructions <n>', 'leave a guest that has not ended after so many', '2000000')
    .option('--regions', 'measure what lies between labels NAME.begin and NAME.end by itself')
    .option('--json <file>', 'write all that is known')
    .option('--csv <file>', 'write the table for a spreadsheet')
    .option('--locale <name>', 'language of the tables: en, zh-cn', 'en')
    .option('--markdown <file>', 'write the tables for a document')
    .action((image: string | undefined, options: CompareOptions) =>
      finish(compareCommand(image, options)),
    );

  root
    .command('asm')
    .description('assemble a source file into a flat image')
    .argument('<file>')
    .requiredOption('-o <out>', 'the image')
    .option('--map <file>', 'write symbols and lines as JSON')
    .option('-D <name=value>', 'define a macro', collect, [])
    .option('-I <dir>', 'look for included files there too', collect, [])
    .action((file: string, options: { o: string; map?: string; D: string[]; I: string[] }) =>
      finish(assembleCommand(file, options)),
    );

  root
    .command('disasm')
    .description('disassemble a flat image')
    .argument('<file>')
    .addOption(new Option('--bits <n>', 'mode').choices(['16', '32', '64']).default('16'))
    .option('--org <address>', 'address of the first byte', '0')
    .action((file: string, options: { bits: string; org: string }) =>
      finish(disassembleCommand(file, options)),
    );

  root
    .command('vmcs')
    .description('explain the dump of a VMCS or VMCB that a real machine printed')
    .argument('<file>', 'the text, with whatever else is in it; - for stdin')
    .option('--json <file>', 'write all that was found')
    .option('--locale <name>', 'language: en, zh-cn', 'en')
    .action((file: string, options: VmcsOptions) => finish(vmcsCommand(file, options)));

  root
    .command('dap')
    .description('speak the Debug Adapter Protocol on stdin and stdout, or on a TCP port')
    .option('--port <n>', 'listen there instead')
    .addOption(
      new Option('--ipc', 'on the channel of the Node process that has forked it').hideHelp(),
    )
    .action(async (options: { port?: string; ipc?: boolean }) => {
      const { runDebugAdapter, runForkedAdapter } = await import('./dap/dap');
      const { port, ipc } = options;
      if (ipc) {
        runForkedAdapter();
        return;
      }
      await runDebugAdapter(port === undefined ? undefined : parseCount(port, 'no port: ', 65535));
    });

  withMachine(root.command('gdb'))
    .description(
      'wait for gdb, or another client of its remote protocol, on a TCP port of this computer',
    )
    .requiredOption('--port <n>', 'the port; 0 for any that is free')
    .addOption(
      new Option('--bits <n>', 'as what the processor is described: 64 shows every mode')
        .choices(['16', '32', '64'])
        .default('64'),
    )
    .option(
      '--history <size>',
      'memory for the past, into which gdb can go back; 0 for none',
      '512M',
    )
    .action(async (image: string | undefined, options: GdbOptions) => {
      const { gdbCommand } = await import('./gdb/gdb');
      await finish(gdbCommand(image, options));
    });

  root
    .command('grade')
    .description('grade a folder of lab submissions')
    .argument('<dir>')
    .action(() => {
      notBuiltYet('grading');
    });
  return root;
}

/** A command with an image, and what goes with it. */
const withImage = (command: Command): Command =>
  command
    .argument(
      '[image]',
      'assembly source (.asm), flat, disk or CD image, ELF, Multiboot or bzImage',
    )
    .option('--memory <size>', 'RAM of the guest: bytes, or with the suffix K, M or G', '64M')
    .option('--bios <file>', 'firmware image, instead of the built-in BIOS')
    .option('--append <text>', 'kernel command line')
    .option('--initrd <file>', 'initial RAM disk, or multiboot module')
    .option('--disk <file>', 'disk image; may be repeated', collect, [])
    .option('--floppy <file>', 'floppy disk image, for A:; a second time, for B:', collect, [])
    .option('--cdrom <file>', 'CD image');

/** A command with a machine, and an image that it boots. */
const withMachine = (command: Command): Command =>
  withImage(command)
    .addOption(
      new Option('--monitor <name>', 'who has the computer in root mode')
        .choices(MONITORS)
        .default(undefined, 'vtx, or svm with --cpu amd'),
    )
    .addOption(
      new Option('--paging <kind>', 'what leads from the guest’s addresses to the host’s')
        .choices(['ept', 'shadow'])
        .default('ept'),
    )
    .addOption(
      new Option(
        '--tlb-tags <state>',
        'whether the guest’s translations outlive VM exits, by a VPID',
      )
        .choices(['on', 'off'])
        .default('on'),
    )
    .addOption(
      new Option('--hosting <kind>', 'whether the monitor has the computer for itself, or a host')
        .choices(HOSTINGS)
        .default('bare'),
    )
    .option('--host-memory <size>', 'with --hosting hosted: what the host has for its guests')
    .addOption(
      new Option('--cpu <vendor>', 'processor')
        .choices(['intel', 'amd'])
        .default(undefined, 'intel, or amd with --monitor svm'),
    )
    .option('--nested', 'the guest may have guests itself: it is told that the processor has VT-x')
    .option('--cpus <n>', 'number of processors', '1')
    .option('--guest <file>', 'another guest on the same computer', collect, [])
    .option('--writable', 'write what the guest writes to disks and floppies to their files');

function collect(value: string, all: string[]): string[] {
  return [...all, value];
}

/** Sets the exit status that a command ends with. */
async function finish(status: Promise<number>): Promise<void> {
  process.exitCode = await status;
}

/** Does what the process's arguments ask for, and sets its exit status. */
export async function runCommandLine(): Promise<void> {
  endOnTrouble();
  try {
    // Said outright: in an editor's Node, commander would guess that there is no script's name.
    await program().parseAsync(process.argv, { from: 'node' });
  } catch (error) {
    process.exitCode = statusOfError(error);
  }
}
