import * as vscode from 'vscode';
import type { ViewId } from '../../adapter/protocol';
import type { SessionWatcher } from '../session/watcher';
import { ViewTree } from './view-tree';

/** The views of the container *Ringside*. */
export interface Views extends vscode.Disposable {
  readonly registers: ViewTree;
  readonly vmcs: ViewTree;
  readonly translation: ViewTree;
  readonly tlb: ViewTree;
  readonly translationCache: ViewTree;
  readonly machines: ViewTree;
  readonly exits: ViewTree;
  of(view: ViewId): ViewTree;
  /** Whether a person has any of them in sight. */
  readonly visible: boolean;
  /** None is in sight any more. */
  readonly onHidden: vscode.Event<void>;
}

export function createViews(watcher: SessionWatcher): Views {
  const trees = {
    registers: new ViewTree('registers', watcher),
    vmcs: new ViewTree('vmcs', watcher),
    translation: new ViewTree('translation', watcher),
    tlb: new ViewTree('tlb', watcher),
    translationCache: new ViewTree('translationCache', watcher),
    machines: new ViewTree('machines', watcher),
    exits: new ViewTree('exits', watcher),
  };
  const all = Object.values(trees);
  const visible = (): boolean => all.some(({ tree }) => tree.visible);
  const hidden = new vscode.EventEmitter<void>();
  const changes = all.map(({ tree }) =>
    tree.onDidChangeVisibility(() => {
      if (!visible()) hidden.fire();
    }),
  );
  return {
    ...trees,
    of: (view) => trees[view],
    get visible() {
      return visible();
    },
    onHidden: hidden.event,
    dispose: () => {
      for (const each of [...changes, hidden, ...all]) each.dispose();
    },
  };
}
