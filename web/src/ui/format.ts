/** Numbers as people read them. */

/** Dollars of a decimal string or a number: `$1.34`, `$0.004`. */
export function dollars(amount: string | number): string {
  const value = Number(amount);
  const small = value !== 0 && Math.abs(value) < 0.1;
  return new Intl.NumberFormat("en", {
    style: "currency",
    currency: "USD",
    minimumFractionDigits: 2,
    maximumFractionDigits: small ? 3 : 2,
  }).format(value);
}

/** Seconds as `4.2 s`, or `2 min 5 s` from a minute on. */
export function seconds(value: number): string {
  const whole = Math.round(value);
  if (whole < 60) return `${value < 10 ? trim(value.toFixed(1)) : whole} s`;
  const rest = whole % 60;
  return rest ? `${Math.floor(whole / 60)} min ${rest} s` : `${whole / 60} min`;
}

/** Bytes as `3.4 MB`, in powers of ten as the limits are. */
export function bytes(value: number): string {
  if (value < 1_000) return `${value} B`;
  const [size, unit] = value < 1e6 ? [value / 1e3, "kB"] : value < 1e9 ? [value / 1e6, "MB"] : [value / 1e9, "GB"]; // biome-ignore format: one row a unit
  return `${trim(size.toFixed(size < 10 ? 1 : 0))} ${unit}`;
}

/** Unix seconds as a date and time in the reader's zone. */
export function moment(unix: number): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" }).format(
    unix * 1000,
  );
}

const trim = (text: string): string => text.replace(/\.0$/, "");
