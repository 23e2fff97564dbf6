export { type PartnerScope, partnerScopes } from '@opencredits/protocol'
