// @ts-check
/// <reference lib="dom" />
// Light or dark: the choice of the system, until the user chooses.

const KEY = "millrace-theme";

/** Applies the earlier choice. */
export function restoreTheme() {
  const chosen = localStorage.getItem(KEY);
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
}

/** Changes from light to dark or back, and remembers it. */
export function changeTheme() {
  const { dataset } = document.documentElement;
  const isDark =
    (dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  dataset.theme = isDark ? "light" : "dark";
  localStorage.setItem(KEY, dataset.theme);
}
