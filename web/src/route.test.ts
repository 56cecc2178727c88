import { expect, it, vi } from "vitest";

vi.stubGlobal("location", { hash: "" });
vi.stubGlobal("addEventListener", () => undefined);
const { hashOf, routeOf } = await import("./route");

it.each([
  { page: "workbench" },
  { page: "history" },
  { page: "account" },
  { page: "generation", id: "0e6f-1" },
  { page: "compare", ids: ["a/b", "c#d"] },
] as const)("finds the way back to $page", (route) => {
  expect(routeOf(hashOf(route))).toEqual(route);
});

it("takes what it does not know for the workbench", () => {
  for (const hash of ["", "#", "#/nonesuch", "#/generation", "#/compare/a", "#/%E0%A4%A"]) {
    expect(routeOf(hash)).toEqual({ page: "workbench" });
  }
});
