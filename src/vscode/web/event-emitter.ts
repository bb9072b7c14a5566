type Listener = (...values: unknown[]) => void;

/** As much of Node's EventEmitter as `@vscode/debugadapter` and mocha use. */
export class EventEmitter {
  private readonly listenersOf = new Map<string | symbol, Listener[]>();

  on(event: string | symbol, listener: Listener): this {
    this.listenersOf.set(event, [...this.listeners(event), listener]);
    return this;
  }

  addListener(event: string | symbol, listener: Listener): this {
    return this.on(event, listener);
  }

  once(event: string | symbol, listener: Listener): this {
    const once: Listener = (...values) => {
      this.off(event, once);
      listener.apply(this, values);
    };
    return this.on(event, once);
  }

  off(event: string | symbol, listener: Listener): this {
    this.listenersOf.set(
      event,
      this.listeners(event).filter((each) => each !== listener),
    );
    return this;
  }

  removeListener(event: string | symbol, listener: Listener): this {
    return this.off(event, listener);
  }

  removeAllListeners(event?: string | symbol): this {
    if (event === undefined) this.listenersOf.clear();
    else this.listenersOf.delete(event);
    return this;
  }

  listeners(event: string | symbol): Listener[] {
    return this.listenersOf.get(event) ?? [];
  }

  emit(event: string | symbol, ...values: unknown[]): boolean {
    const listeners = this.listeners(event);
    for (const listener of listeners) listener.apply(this, values);
    return listeners.length > 0;
  }
}

export default EventEmitter;
