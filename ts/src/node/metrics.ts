/**
 * Counters, gauges and histograms in the Prometheus text format (version 0.0.4), and the ones a node keeps
 * (HTTP specification §9.1). Only what the format needs: labels, sums, cumulative buckets.
 */

type Labels = Readonly<Record<string, string | number>>;

/** Upper bounds of duration buckets, seconds. */
const DURATION_BUCKETS = [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60];

interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  lines(): Iterable<string>;
}

/** A value per set of labels. */
export class Values implements Metric {
  readonly #values = new Map<string, number>();
  constructor(
    readonly name: string,
    readonly help: string,
    readonly type: 'counter' | 'gauge',
  ) {}

  add(amount: number, labels: Labels = {}): void {
    const key = labelText(labels);
    this.#values.set(key, (this.#values.get(key) ?? 0) + amount);
  }

  set(value: number, labels: Labels = {}): void {
    this.#values.set(labelText(labels), value);
  }

  /** Forgets every set of labels. */
  clear(): void {
    this.#values.clear();
  }

  get(labels: Labels = {}): number {
    return this.#values.get(labelText(labels)) ?? 0;
  }

  *lines(): Iterable<string> {
    for (const [labels, value] of this.#values) yield `${this.name}${labels} ${value}`;
  }
}

/** Durations in seconds, counted into buckets. */
export class Durations implements Metric {
  readonly type = 'histogram';
  readonly #series = new Map<string, { readonly labels: Labels; readonly counts: number[]; sum: number }>();
  constructor(
    readonly name: string,
    readonly help: string,
  ) {}

  observe(seconds: number, labels: Labels = {}): void {
    const key = labelText(labels);
    const series = this.#series.get(key) ?? { labels, counts: new Array<number>(DURATION_BUCKETS.length + 1).fill(0), sum: 0 };
    const bucket = DURATION_BUCKETS.findIndex((bound) => seconds <= bound);
    series.counts[bucket === -1 ? DURATION_BUCKETS.length : bucket]! += 1;
    series.sum += seconds;
    this.#series.set(key, series);
  }

  *lines(): Iterable<string> {
    for (const [key, { labels, counts, sum }] of this.#series) {
      let total = 0;
      for (const [index, count] of counts.entries()) {
        total += count;
        yield `${this.name}_bucket${labelText({ ...labels, le: DURATION_BUCKETS[index] ?? '+Inf' })} ${total}`;
      }
      yield `${this.name}_sum${key} ${sum}`;
      yield `${this.name}_count${key} ${total}`;
    }
  }
}

/** The metrics of one node. */
export class NodeMetrics {
  readonly #metrics: Metric[] = [];
  /** Brings gauges up to date before they are shown. */
  readonly #refreshers: (() => void)[] = [];

  readonly requests = this.#durations('http_server_request_duration_seconds', 'Requests by method, route and status');
  readonly activeRequests = this.#gauge('http_server_active_requests', 'Requests under way, by kind');
  readonly refusedRequests = this.#counter('http_server_refused_requests_total', 'Requests refused by a limit, by kind');
  readonly metadataStored = this.#counter('walrus_metadata_stored_total', 'Blob metadata stored');
  readonly metadataRetrieved = this.#counter('walrus_metadata_retrieved_total', 'Blob metadata served');
  readonly sliversStored = this.#counter('walrus_slivers_stored_total', 'Slivers stored on upload');
  readonly sliversRetrieved = this.#counter('walrus_slivers_retrieved_total', 'Slivers served');
  readonly confirmations = this.#counter('walrus_storage_confirmations_issued_total', 'Storage confirmations signed');
  readonly events = this.#counter('walrus_events_processed_total', 'Events of the contracts handled, by type');
  readonly followDuration = this.#durations('walrus_event_process_duration_seconds', 'Rounds of following the chain');
  readonly pending = this.#gauge('walrus_pending_cache', 'Data of blobs that are not registered yet');
  readonly epoch = this.#gauge('walrus_current_epoch', 'Epoch of the committee that the node acts in');
  readonly nodeStatus = this.#gauge('walrus_current_node_status', '1 for the status of the node');
  readonly shards = this.#gauge('walrus_shards', 'Shards here, by status');
  readonly shardSyncs = this.#counter('walrus_shard_sync_total', 'Shard transfers, by outcome');
  readonly syncedSlivers = this.#counter('walrus_sync_shard_sync_sliver_total', 'Slivers taken over from previous owners');
  readonly recoveredSlivers = this.#counter('walrus_sync_shard_recover_sliver_total', 'Slivers rebuilt from recovery symbols');
  readonly receivedBytes = this.#counter('walrus_node_received_bytes_total', 'Bytes of answers of other nodes, by request');
  readonly recoveryBacklog = this.#gauge('walrus_recover_blob_backlog', 'Blobs that need a look');
  readonly blobRecoveries = this.#counter('walrus_recover_blob_total', 'Looks at blobs, by outcome');
  readonly auditSamples = this.#counter('walrus_audit_samples_total', 'Samples of audits, by outcome');
  readonly auditSamplesDue = this.#gauge('walrus_audit_samples_due', 'Samples of the epoch that are to be answered yet');
  readonly auditChallenges = this.#counter('walrus_audit_challenges_total', 'Challenges of this node, by outcome');
  readonly discardedBlobs = this.#counter('walrus_garbage_collection_deleted_blobs_total', 'Blobs whose data was removed');
  readonly collectedEpoch = this.#gauge('walrus_garbage_collection_last_epoch', 'Last epoch whose expired blobs were found');
  readonly inconsistentBlobs = this.#counter('walrus_inconsistent_blobs_total', 'Inconsistency proofs, made or confirmed');
  readonly uptime = this.#gauge('uptime', 'Seconds since the node started');

  /** `refresh` is called before each rendering. */
  onRender(refresh: () => void): void {
    this.#refreshers.push(refresh);
  }

  /** The text that `GET /metrics` answers. */
  render(): string {
    for (const refresh of this.#refreshers) refresh();
    const lines = this.#metrics.flatMap((metric) => [
      `# HELP ${metric.name} ${metric.help}`,
      `# TYPE ${metric.name} ${metric.type}`,
      ...metric.lines(),
    ]);
    return `${lines.join('\n')}\n`;
  }

  #counter(name: string, help: string): Values {
    return this.#keep(new Values(name, help, 'counter'));
  }

  #gauge(name: string, help: string): Values {
    return this.#keep(new Values(name, help, 'gauge'));
  }

  #durations(name: string, help: string): Durations {
    return this.#keep(new Durations(name, help));
  }

  #keep<M extends Metric>(metric: M): M {
    this.#metrics.push(metric);
    return metric;
  }
}

function labelText(labels: Labels): string {
  const entries = Object.entries(labels);
  if (entries.length === 0) return '';
  const escaped = (value: string | number) => String(value).replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');
  return `{${entries.map(([name, value]) => `${name}="${escaped(value)}"`).join(',')}}`;
}
