/** What was asked for before: a page of it, by filters. */

import { effect, signal } from "@preact/signals";
import { ask, said } from "../api/client";
import { active, type Generation, know } from "../generations/generations";

export interface Filters {
  readonly search: string;
  readonly model: string;
  readonly status: string;
  /** From 1 on. */
  readonly page: number;
}

export interface Found {
  readonly generations: readonly Generation[];
  readonly total_entries: number;
  readonly total_pages: number;
  readonly total_cost: string | null;
}

export const PAGE = 24;
export const NONE: Filters = { search: "", model: "", status: "", page: 1 };

export const filters = signal<Filters>(NONE);
/** null until the first answer. */
export const found = signal<Found | null>(null);
export const problem = signal<string | null>(null);

/** Change filters; all but a change of the page lead to the first. */
export function filter(to: Partial<Filters>): void {
  filters.value = { ...filters.value, page: 1, ...to };
}

/** The query of filters. */
export function queryOf({ search, model, status, page }: Filters): string {
  const query = new URLSearchParams({ page: String(page), page_size: String(PAGE) });
  if (search.trim()) query.set("search", search.trim());
  if (model) query.set("model", model);
  if (status) query.set("status", status);
  return query.toString();
}

/** Milliseconds without a change after which is asked. */
const TYPING = 250;

let call: AbortController | undefined;

/** Ask anew for what the filters say. */
export async function look(): Promise<void> {
  call?.abort();
  const mine = new AbortController();
  call = mine;
  try {
    const path = `api/ai/generations?${queryOf(filters.peek())}`;
    const told = await ask<Found>(path, { signal: mine.signal });
    know(told.generations);
    found.value = told;
    problem.value = null;
  } catch (error) {
    if (!mine.signal.aborted) problem.value = said(error);
  }
}

/** Keep what is found true to the filters and to what happens, until the returned function is called. */
export function followFilters(): () => void {
  let timer = 0;
  const stop = effect(() => {
    filters.value; // reading is what subscribes
    active.value.length; // something began or ended
    clearTimeout(timer);
    timer = window.setTimeout(look, TYPING);
  });
  return () => {
    clearTimeout(timer);
    call?.abort();
    stop();
  };
}

/** Rows, newest first, by what was asked for together: in each batch in the order of asking. */
export function batchesOf(rows: readonly Generation[]): Generation[][] {
  const batches = new Map<string, Generation[]>();
  for (const row of rows) {
    const name = row.batch_id ?? row.generation_id;
    const batch = batches.get(name);
    if (batch) batch.unshift(row);
    else batches.set(name, [row]);
  }
  return [...batches.values()];
}
