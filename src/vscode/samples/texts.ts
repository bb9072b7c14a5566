import * as vscode from 'vscode';
import type { SampleId } from './samples';

export interface SampleText {
  readonly title: string;
  /** What one learns from it, in one line. */
  readonly teaches: string;
}

/** What the samples are called, and what each teaches. */
export function sampleTexts(): Readonly<Record<SampleId, SampleText>> {
  return {
    'first-exits': {
      title: vscode.l10n.t('First exits'),
      teaches: vscode.l10n.t(
        'One VM exit of every common kind, on the way from real to long mode.',
      ),
    },
    rings: {
      title: vscode.l10n.t('Rings'),
      teaches: vscode.l10n.t(
        'Ring 0 and ring 3, system calls by SYSCALL and INT, and the faults between them.',
      ),
    },
    bios: {
      title: vscode.l10n.t('The BIOS'),
      teaches: vscode.l10n.t(
        'A boot sector with a menu, snake and painting, by the services of the BIOS alone.',
      ),
    },
    'boot-disk': {
      title: vscode.l10n.t('A disk with a kernel'),
      teaches: vscode.l10n.t('A loader and a kernel with drivers of its own, on one disk.'),
    },
    multiboot: {
      title: vscode.l10n.t('Multiboot'),
      teaches: vscode.l10n.t(
        'A kernel that a boot loader starts: command line, module and memory map.',
      ),
    },
    kernel32: {
      title: vscode.l10n.t('A small operating system'),
      teaches: vscode.l10n.t(
        'Processes, paging, copy-on-write, preemption, files and a shell, in 32 bits.',
      ),
    },
    'techniques/emulate': {
      title: vscode.l10n.t('Emulation'),
      teaches: vscode.l10n.t(
        'A guest that the processor never runs: software fetches, decodes and executes.',
      ),
    },
    'techniques/deprivilege': {
      title: vscode.l10n.t('Trap and emulate'),
      teaches: vscode.l10n.t(
        'A kernel in ring 1: what traps, and the sensitive instructions that do not.',
      ),
    },
    'techniques/deprivilege-64': {
      title: vscode.l10n.t('Trap and emulate, 64 bits'),
      teaches: vscode.l10n.t('A kernel in ring 3: ring compression and address-space compression.'),
    },
    'techniques/translate': {
      title: vscode.l10n.t('Binary translation'),
      teaches: vscode.l10n.t('A kernel beside its translation, block by block.'),
    },
    'techniques/paravirt': {
      title: vscode.l10n.t('Paravirtualization'),
      teaches: vscode.l10n.t(
        'A kernel that asks its monitor: hypercalls, event channels, direct paging.',
      ),
    },
    'techniques/paravirt-transparent': {
      title: vscode.l10n.t('Transparent paravirtualization'),
      teaches: vscode.l10n.t(
        'One kernel for every place, which finds out where it is and patches itself.',
      ),
    },
    'techniques/shadow-paging': {
      title: vscode.l10n.t('Shadow paging'),
      teaches: vscode.l10n.t(
        'Memory without EPT: page tables that the monitor makes of the guest’s.',
      ),
    },
    'techniques/several-guests': {
      title: vscode.l10n.t('Several guests on one computer'),
      teaches: vscode.l10n.t('Two virtual machines take turns on one processor.'),
    },
    'techniques/hosting': {
      title: vscode.l10n.t('A hosted monitor'),
      teaches: vscode.l10n.t('Guest memory that is a process’s: frames on demand, and swapping.'),
    },
    'techniques/nano-benchmarks': {
      title: vscode.l10n.t('Nano-benchmarks'),
      teaches: vscode.l10n.t('What seven things that kernels do cost under each technique.'),
    },
    'hypervisor-vtx': {
      title: vscode.l10n.t('A hypervisor of one’s own'),
      teaches: vscode.l10n.t('From VMXON to VMLAUNCH: a VMCS, EPT and exit handlers in assembly.'),
    },
    'hypervisor-svm': {
      title: vscode.l10n.t('A hypervisor of one’s own, on AMD'),
      teaches: vscode.l10n.t('The same with a VMCB, VMRUN and nested page tables.'),
    },
    'broken-entries': {
      title: vscode.l10n.t('Ten entries that fail'),
      teaches: vscode.l10n.t(
        'Exercises: hypervisors whose VM entry fails, and the checks that say why.',
      ),
    },
  };
}
