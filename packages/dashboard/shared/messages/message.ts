/** One form for each of the language's plural categories; `other` is there in every language. */
export type Plural = { readonly [Category in Intl.LDMLPluralRule]?: string } & { readonly other: string }

export type Message = string | Plural
