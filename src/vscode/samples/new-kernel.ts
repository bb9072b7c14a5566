import * as vscode from 'vscode';
import { launchOf, pathOf } from '../session/configurations';
import { freeName } from './free-name';
import { exists } from './open-sample';
import {
  extrasOf,
  kernelSource,
  MODES,
  TECHNIQUES,
  type Extra,
  type KernelChoices,
  type Mode,
  type Technique,
} from './kernel';

interface Pick<T> extends vscode.QuickPickItem {
  readonly choice: T;
}

/** Asks what the kernel is to be. @returns undefined when somebody changes their mind */
export async function askForKernel(): Promise<KernelChoices | undefined> {
  const title = vscode.l10n.t('New kernel');
  const mode = await vscode.window.showQuickPick(modePicks(), {
    title: `${title} (1/3)`,
    placeHolder: vscode.l10n.t('In which mode does it work?'),
  });
  if (!mode) return undefined;
  const technique = await vscode.window.showQuickPick(techniquePicks(), {
    title: `${title} (2/3)`,
    placeHolder: vscode.l10n.t('Who has the computer?'),
  });
  if (!technique) return undefined;
  const extras = await vscode.window.showQuickPick(extraPicks(mode.choice), {
    title: `${title} (3/3)`,
    placeHolder: vscode.l10n.t('It says hello on the serial port. What else?'),
    canPickMany: true,
  });
  return (
    extras && {
      mode: mode.choice,
      technique: technique.choice,
      extras: extras.map(({ choice }) => choice),
    }
  );
}

function modePicks(): Pick<Mode>[] {
  const texts: Record<Mode, [string, string]> = {
    real: [
      vscode.l10n.t('Real mode'),
      vscode.l10n.t('A boot sector of 512 bytes, which the BIOS loads.'),
    ],
    protected: [
      vscode.l10n.t('Protected mode, 32 bits'),
      vscode.l10n.t('It begins in real mode and makes itself a GDT.'),
    ],
    long: [
      vscode.l10n.t('Long mode, 64 bits'),
      vscode.l10n.t('It begins in real mode and makes itself page tables and a GDT.'),
    ],
  };
  return MODES.map((choice) => ({ choice, label: texts[choice][0], detail: texts[choice][1] }));
}

function techniquePicks(): Pick<Technique>[] {
  const texts: Record<Technique, [string, string]> = {
    vtx: [
      vscode.l10n.t('A monitor with VT-x'),
      vscode.l10n.t('The kernel is a guest, and ends by a hypercall.'),
    ],
    svm: [vscode.l10n.t('A monitor with AMD-V'), vscode.l10n.t('The same on an AMD processor.')],
    none: [
      vscode.l10n.t('The kernel itself'),
      vscode.l10n.t('The bare computer. It ends by switching the power off.'),
    ],
  };
  return TECHNIQUES.map((choice) => ({
    choice,
    label: texts[choice][0],
    detail: texts[choice][1],
  }));
}

function extraPicks(mode: Mode): Pick<Extra>[] {
  const texts: Record<Extra, [string, string]> = {
    interrupts: [
      vscode.l10n.t('Interrupts'),
      vscode.l10n.t('It sleeps until the timer has ticked three times.'),
    ],
    ring3: [
      vscode.l10n.t('Ring 3'),
      vscode.l10n.t('A program without privileges, which makes system calls.'),
    ],
  };
  return extrasOf(mode).map((choice) => ({
    choice,
    label: texts[choice][0],
    detail: texts[choice][1],
  }));
}

/** Writes it into the first folder of the workspace, else into a document without a name, and opens it. */
export async function newKernel(extension: vscode.Uri, choices: KernelChoices): Promise<void> {
  const file = vscode.Uri.joinPath(extension, 'media/kernels', `${choices.mode}.asm`);
  const template = new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
  const content = kernelSource(template, choices);
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  if (!folder) {
    const document = await vscode.workspace.openTextDocument({ language: 'nasm', content });
    await vscode.window.showTextDocument(document);
    return;
  }
  const name = await freeName('kernel.asm', (each) => exists(vscode.Uri.joinPath(folder, each)));
  const uri = vscode.Uri.joinPath(folder, name);
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(content));
  await vscode.window.showTextDocument(uri, { preview: false });
  void offer(uri, choices.technique);
}

/** F5 alone means VT-x. */
async function offer(uri: vscode.Uri, monitor: Technique): Promise<void> {
  const debug = vscode.l10n.t('Debug It');
  const name = uri.path.slice(uri.path.lastIndexOf('/') + 1);
  const told = vscode.l10n.t('{0} is ready to run.', name);
  if ((await vscode.window.showInformationMessage(told, debug)) !== debug) return;
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  await vscode.debug.startDebugging(folder, { ...launchOf(pathOf(uri)), monitor });
}
