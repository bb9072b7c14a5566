import { sampleFiles } from 'ringside:sample-files';
import * as vscode from 'vscode';
import { launchOf, pathOf } from '../session/configurations';
import { mapTexts, planCopy, type CopyPlan, type Launch } from './copy-plan';
import { freeName } from './free-name';
import { SAMPLES, type Sample } from './samples';
import { sampleTexts } from './texts';

interface SamplePick extends vscode.QuickPickItem {
  readonly sample: Sample;
}

/** A sample as it lies in a folder of a person's own. */
interface Copy {
  readonly sample: Sample;
  readonly folder: vscode.Uri;
  readonly first: vscode.Uri;
  readonly launch: Launch | undefined;
}

/** @returns undefined when nobody chooses one */
export async function pickSample(): Promise<Sample | undefined> {
  const texts = sampleTexts();
  const picks: SamplePick[] = SAMPLES.map((sample) => {
    const { title, teaches } = texts[sample.id];
    return { label: title, description: sample.id, detail: teaches, sample };
  });
  const options = {
    title: vscode.l10n.t('Open a sample'),
    placeHolder: vscode.l10n.t('What do you want to see? It is copied into a folder of yours.'),
    matchOnDescription: true,
    matchOnDetail: true,
  };
  return (await vscode.window.showQuickPick(picks, options))?.sample;
}

/** @returns undefined when nobody chooses one */
export async function pickFolder(): Promise<vscode.Uri | undefined> {
  const open = vscode.workspace.workspaceFolders?.[0]?.uri;
  const picked = await vscode.window.showOpenDialog({
    canSelectFiles: false,
    canSelectFolders: true,
    ...(open && { defaultUri: open }),
    openLabel: vscode.l10n.t('Copy It Here'),
    title: vscode.l10n.t('The folder into which the sample is copied, as a folder of its own'),
  });
  return picked?.[0];
}

/** Copies a sample into a new folder below `into`, and opens what is to be read first. */
export async function openSample(
  extension: vscode.Uri,
  sample: Sample,
  into: vscode.Uri,
): Promise<Copy> {
  const samples = vscode.Uri.joinPath(extension, 'samples');
  const plan = planCopy(sample, sampleFiles, await launchesIn(samples));
  const wanted = sample.id.slice(sample.id.lastIndexOf('/') + 1);
  const name = await freeName(wanted, (each) => exists(vscode.Uri.joinPath(into, each)));
  const folder = vscode.Uri.joinPath(into, name);
  await copyFiles(samples, folder, plan);
  const first = vscode.Uri.joinPath(folder, sample.first);
  await vscode.window.showTextDocument(first, { preview: false });
  const copy: Copy = { sample, folder, first, launch: plan.launches[0] };
  void offer(copy, name === wanted ? undefined : wanted);
  return copy;
}

async function launchesIn(samples: vscode.Uri): Promise<readonly Launch[]> {
  const file = vscode.Uri.joinPath(samples, '.vscode/launch.json');
  const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
  return (JSON.parse(text) as { configurations: Launch[] }).configurations;
}

async function copyFiles(
  samples: vscode.Uri,
  folder: vscode.Uri,
  { files, launches }: CopyPlan,
): Promise<void> {
  const { fs } = vscode.workspace;
  for (const { from, to } of files) {
    const content = await fs.readFile(vscode.Uri.joinPath(samples, from));
    await fs.writeFile(vscode.Uri.joinPath(folder, to), content);
  }
  if (launches.length === 0) return;
  const json = `${JSON.stringify({ version: '0.2.0', configurations: launches }, null, 2)}\n`;
  const file = vscode.Uri.joinPath(folder, '.vscode/launch.json');
  await fs.writeFile(file, new TextEncoder().encode(json));
}

export async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}

/** Says where it is, and offers what comes next. */
async function offer(copy: Copy, taken: string | undefined): Promise<void> {
  const place = copy.folder.fsPath;
  const told =
    taken === undefined
      ? vscode.l10n.t('The sample is in {0}.', place)
      : vscode.l10n.t('There is a “{0}” already: the sample is in {1}.', taken, place);
  const [debug, open] = [vscode.l10n.t('Debug It'), vscode.l10n.t('Open Its Folder')];
  const chosen = await vscode.window.showInformationMessage(told, debug, open);
  if (chosen === debug) await debugCopy(copy);
  if (chosen === open) await vscode.commands.executeCommand('vscode.openFolder', copy.folder);
}

/** Its launch.json counts only where its folder is the one that is open. */
async function debugCopy({ folder, first, launch }: Copy): Promise<void> {
  const [root, file] = [pathOf(folder), pathOf(first)];
  const inPlace = (text: string): string =>
    text.replace('${workspaceFolder}', () => root).replace('${file}', () => file);
  const configuration = launch
    ? (mapTexts(launch, inPlace) as vscode.DebugConfiguration)
    : launchOf(file);
  await vscode.debug.startDebugging(vscode.workspace.getWorkspaceFolder(folder), configuration);
}
