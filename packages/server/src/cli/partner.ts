import { Command, Option } from '@commander-js/extra-typings'
import { loadPartner } from '../partners/partner.ts'
import { createPartner, type PartnerTerms, updatePartner } from '../partners/save-partner.ts'
import type { DatabaseReader } from '../store/open-database.ts'
import { describeAccess, describePartner } from './describe-partner.ts'
import { applicationsCommand, approveCommand, decisionCommand } from './partner-decisions.ts'
import { earningsCommand } from './partner-earnings.ts'
import { partnerKeysCommand } from './partner-keys.ts'
import {
  allowedModels,
  readColor,
  readEmail,
  readHttpsUrl,
  readModels,
  readName,
  readOrigin,
  readRate,
} from './partner-options.ts'
import { partnerWebhooksCommand } from './partner-webhooks.ts'
import { requirePartner } from './require-partner.ts'
import { print, withStore } from './with-store.ts'

export function partnerCommand() {
  return new Command('partner')
    .description('sign up and manage the apps that sell credits')
    .addCommand(createCommand())
    .addCommand(listCommand())
    .addCommand(updateCommand())
    .addCommand(earningsCommand())
    .addCommand(partnerKeysCommand())
    .addCommand(partnerWebhooksCommand())
    .addCommand(applicationsCommand())
    .addCommand(approveCommand())
    .addCommand(decisionCommand('reject'))
    .addCommand(decisionCommand('suspend'))
    .addCommand(decisionCommand('resume'))
}

function createCommand() {
  return new Command('create')
    .description('sign up an app; its server key is shown once')
    .requiredOption('--name <name>', 'what its users see', readName)
    .requiredOption('--email <email>', 'of its maker', readEmail)
    .requiredOption('--referral-rate <rate>', 'its share on top of provider cost; 0.1 is 10 %', readRate)
    .option('--origin <origin>', 'where its pages live; repeat for several', readOrigin)
    .option('--models <ids>', 'the models that it may offer, separated by commas; default all', readModels)
    .option('--logo-url <url>', 'shown in the checkout', readHttpsUrl)
    .option('--accent-color <color>', 'of the checkout, #rrggbb', readColor)
    .option('--default-model <id>', 'the model that estimates are made for; default the one that is used most')
    .addOption(allowLocalhostOption())
    .option('--json', 'print JSON')
    .action(async (options) => {
      const access = { origins: options.origin ?? [], allowsLocalhost: options.allowLocalhost === 'yes' }
      const { isSandbox, ...created } = await withStore(
        async ({ db, pepper, nowMs, shareBasisPointsMax, isSandbox }) => ({
          isSandbox,
          ...(await createPartner(
            { db, pepper, shareBasisPointsMax },
            {
              name: options.name,
              email: options.email,
              shareBasisPoints: options.referralRate,
              allowedModels: allowedModels(options.models ?? 'all'),
              ...access,
              logoUrl: options.logoUrl ?? null,
              accentColor: options.accentColor ?? null,
              defaultModel: options.defaultModel ?? null,
              isActive: true,
            },
            nowMs,
          )),
        }),
      )
      const shown = {
        ...{ id: created.id, publishable_key: created.publishableKey, secret_key: created.secretKey },
        ...{ test_publishable_key: created.testPublishableKey, test_secret_key: created.testSecretKey },
        ...{ origins: access.origins, allow_localhost: access.allowsLocalhost },
      }
      print(options.json, shown, [
        `partner          ${created.id}`,
        `publishable key  ${created.publishableKey}   (for the page)`,
        `server key       ${created.secretKey}   (secret; shown only now)`,
        `test page key    ${created.testPublishableKey}   (for the page, in the test world)`,
        `test server key  ${created.testSecretKey}   (secret; shown only now)`,
        ...describeAccess(access, isSandbox),
      ])
    })
}

function listCommand() {
  return new Command('list')
    .description('all apps')
    .option('--json', 'print JSON')
    .action(async (options) => {
      const { partners, isSandbox } = await withStore(async ({ db, isSandbox }) => {
        const rows = await db
          .selectFrom('partners')
          .select('id')
          .where('kind', '=', 'app')
          .where('livemode', '=', 1)
          .orderBy('created_at_ms')
          .execute()
        const loaded = await Promise.all(rows.map(({ id }) => loadBothWorlds(db, id)))
        return { partners: loaded.flat(), isSandbox }
      })
      print(
        options.json,
        partners.map(({ live, test }) => ({ ...describePartner(live), test_publishable_key: test?.publishableKey })),
        partners.length === 0
          ? ['There is no partner yet.']
          : partners.flatMap(({ live, test }) => [
              `${live.id}  ${live.publishableKey}  ${live.name}`,
              `  test       ${test?.publishableKey}`,
              ...describeAccess(live, isSandbox),
            ]),
      )
    })
}

async function loadBothWorlds(db: DatabaseReader, appId: string) {
  const [live, test] = [await loadPartner(db, 'id', appId), await loadPartner(db, 'live_partner_id', appId)]
  return live === null ? [] : [{ live, test }]
}

function updateCommand() {
  return new Command('update')
    .description('change an app’s terms from now on')
    .argument('<id>', 'par_…')
    .option('--name <name>', 'what its users see', readName)
    .option('--email <email>', 'of its maker', readEmail)
    .option('--referral-rate <rate>', 'its share on top of provider cost', readRate)
    .option('--origin <origin>', 'one more place where its pages live; repeat for several', readOrigin)
    .option('--no-origins', 'remove all origins but those that --origin names')
    .addOption(allowLocalhostOption())
    .option('--models <ids>', 'the models that it may offer, separated by commas, or all', readModels)
    .option('--logo-url <url>', 'shown in the checkout', readHttpsUrl)
    .option('--accent-color <color>', 'of the checkout, #rrggbb', readColor)
    .option('--default-model <id>', 'the model that estimates are made for, or none for the one that is used most')
    .addOption(new Option('--active <yes|no>', 'whether it may sell and its keys may call').choices(['yes', 'no']))
    .option('--json', 'print JSON')
    .action(async (id, options) => {
      const { partner, isSandbox } = await withStore(async (store) => {
        const { db, nowMs, shareBasisPointsMax, isSandbox } = store
        const before = await requirePartner(store, id)
        const terms: PartnerTerms = {
          name: options.name ?? before.name,
          email: options.email ?? before.email,
          shareBasisPoints: options.referralRate ?? before.shareBasisPoints,
          allowedModels: options.models === undefined ? before.allowedModels : allowedModels(options.models),
          origins: [...(options.origins === false ? [] : before.origins), ...(options.origin ?? [])],
          allowsLocalhost:
            options.allowLocalhost === undefined ? before.allowsLocalhost : options.allowLocalhost === 'yes',
          logoUrl: options.logoUrl ?? before.logoUrl,
          accentColor: options.accentColor ?? before.accentColor,
          defaultModel: options.defaultModel === undefined ? before.defaultModel : namedModel(options.defaultModel),
          isActive: options.active === undefined ? before.isActive : options.active === 'yes',
        }
        await updatePartner({ db, shareBasisPointsMax }, id, terms, nowMs)
        return { partner: await requirePartner(store, id), isSandbox }
      })
      print(options.json, describePartner(partner), [
        `${partner.id} is updated: ${partner.name}${partner.isActive ? '' : ', suspended'}`,
        ...describeAccess(partner, isSandbox),
      ])
    })
}

function allowLocalhostOption() {
  return new Option(
    '--allow-localhost <yes|no>',
    'whether pages on http://localhost, 127.0.0.1 and [::1] may use it, at any port',
  ).choices(['yes', 'no'])
}

/** Null: whichever is used most. */
function namedModel(text: string): string | null {
  return text === 'none' ? null : text
}
