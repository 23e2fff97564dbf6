/** Languages that the checkout speaks, by their subtag; `pt` is Brazilian, `zh` is in simplified characters. */
export const checkoutLanguages: readonly string[] = ['en', 'es', 'de', 'fr', 'pt', 'ja', 'ko', 'hi', 'ru', 'zh', 'ar']
