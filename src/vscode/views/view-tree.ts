import * as vscode from 'vscode';
import {
  CustomRequest,
  type SetNodeValueArguments,
  type ViewArguments,
  type ViewId,
  type ViewNode,
  type ViewResponse,
} from '../../adapter/protocol';
import { messageOf } from '../errors';
import type { Focus, SessionWatcher } from '../session/watcher';
import { toTreeItem } from './tree-item';

/** A row as the tree and the commands of its context menu know it. */
export interface Row {
  readonly view: ViewId;
  readonly node: ViewNode;
}

/** What a person has chosen for a view: the address to translate, the filter, the order, what is left out. */
export type ViewOptions = Pick<
  ViewArguments,
  'address' | 'filter' | 'groupByReason' | 'changedOnly'
>;

/**
 * One view of our container. It knows nothing of registers or VMCSs: rows come from the adapter,
 * read when they are shown and again at every stop, for the focused frame.
 */
export class ViewTree implements vscode.TreeDataProvider<Row>, vscode.Disposable {
  private readonly changeEmitter = new vscode.EventEmitter<Row | undefined>();
  readonly onDidChangeTreeData = this.changeEmitter.event;
  readonly tree: vscode.TreeView<Row>;
  /** As the manifest has it. */
  private readonly title: string | undefined;
  private readonly subscriptions: vscode.Disposable[];
  private focus: Focus | undefined;
  private top: Row[] = [];
  private chosen: ViewOptions = {};

  constructor(
    readonly view: ViewId,
    private readonly watcher: SessionWatcher,
  ) {
    this.tree = vscode.window.createTreeView(`ringside.${view}`, {
      treeDataProvider: this,
      showCollapseAll: true,
    });
    this.title = this.tree.title;
    this.subscriptions = [
      this.changeEmitter,
      this.tree,
      watcher.onFocus((focus) => {
        this.take(focus);
      }),
      watcher.onRunning(() => {
        this.focus = undefined;
        this.tree.message = vscode.l10n.t('The guest runs. Pause it to see its state.');
      }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('ringside.numberFormat')) this.refresh();
      }),
    ];
  }

  get options(): ViewOptions {
    return this.chosen;
  }

  set options(options: ViewOptions) {
    this.chosen = options;
    this.refresh();
  }

  refresh(): void {
    this.changeEmitter.fire(undefined);
  }

  getTreeItem(row: Row): vscode.TreeItem {
    return toTreeItem(row);
  }

  async getChildren(row?: Row): Promise<Row[]> {
    const { focus } = this;
    if (!focus) return row ? [] : this.top; // what the guest does now is not known
    let response: ViewResponse;
    try {
      response = await this.read(focus, row?.node.id);
    } catch (error) {
      if (!row) this.tree.message = messageOf(error);
      return [];
    }
    const rows = response.nodes.map((node) => ({ view: this.view, node }));
    if (!row) {
      this.top = rows;
      this.retitle(response.title);
      this.tree.description = response.summary ?? '';
      this.tree.message = response.message ?? '';
    }
    return rows;
  }

  private retitle(title = this.title): void {
    if (title !== undefined && title !== this.tree.title) this.tree.title = title;
  }

  /** Rows below a node that the tree itself does not show; none while nothing is stopped. */
  async hidden(node: string): Promise<readonly ViewNode[]> {
    const focus = this.focus ?? this.watcher.focus;
    return focus ? (await this.read(focus, node)).nodes : [];
  }

  /** Opens the view, without taking the keyboard from where it is. */
  async open(): Promise<void> {
    await vscode.commands.executeCommand(`ringside.${this.view}.focus`, { preserveFocus: true });
  }

  /** Writes the value of a row, given as an expression; rejects with a message for people. */
  async edit(row: Row, value: string): Promise<void> {
    const focus = this.focus ?? this.watcher.focus;
    if (!focus) throw new Error(vscode.l10n.t('The guest runs. Pause it to see its state.'));
    const edit: SetNodeValueArguments = {
      view: this.view,
      node: row.node.id,
      value,
      ...(focus.frameId !== undefined && { frameId: focus.frameId }),
    };
    await focus.session.customRequest(CustomRequest.SET_NODE_VALUE, edit);
  }

  private async read(focus: Focus, node: string | undefined): Promise<ViewResponse> {
    const request: ViewArguments = {
      view: this.view,
      format: vscode.workspace.getConfiguration('ringside').get('numberFormat', 'hexadecimal'),
      ...this.chosen,
      ...(focus.frameId !== undefined && { frameId: focus.frameId }),
      ...(node !== undefined && { node }),
    };
    return (await focus.session.customRequest(CustomRequest.VIEW, request)) as ViewResponse;
  }

  private take(focus: Focus | undefined): void {
    this.focus = focus;
    if (!focus && !this.watcher.session) {
      this.top = [];
      this.tree.message = '';
      this.tree.description = '';
      this.retitle();
    }
    if (focus || !this.watcher.session) this.refresh();
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }
}
