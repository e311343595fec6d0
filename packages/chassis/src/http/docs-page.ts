import type { OpenApi } from './to-openapi.ts'

/** The API page: one HTML document without scripts from elsewhere, so that it works offline. */
export function renderDocsPage(openApi: OpenApi): string {
  return `<!doctype html><html lang="en"><title>${openApi.info.title}</title>`
}
