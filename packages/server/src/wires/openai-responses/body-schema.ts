import { z } from 'zod'

/** The parts of a Responses body that translation reads; what is not named here is refused or a hint. */

const ofFileId = 'expected the content itself, or the id of a file that is kept here'

const part = z.discriminatedUnion('type', [
  z.looseObject({ type: z.enum(['input_text', 'output_text', 'text', 'summary_text']), text: z.string() }),
  z.looseObject({ type: z.literal('refusal'), refusal: z.string() }),
  z.looseObject({ type: z.literal('input_image'), image_url: z.string(ofFileId) }),
  z
    .looseObject({
      type: z.literal('input_file'),
      file_data: z.string().nullish(),
      file_url: z.string().nullish(),
      filename: z.string().nullish(),
    })
    .refine(({ file_data: data, file_url: url }) => typeof (data ?? url) === 'string', ofFileId),
])

const message = z.looseObject({
  type: z.literal('message').nullish(),
  role: z.enum(['user', 'assistant', 'system', 'developer']),
  content: z.union([z.string(), z.array(part)]),
})

const item = z.union([
  z.discriminatedUnion('type', [
    z.looseObject({
      type: z.literal('function_call'),
      call_id: z.string(),
      name: z.string(),
      namespace: z.string().nullish(),
      arguments: z.string(),
    }),
    z.looseObject({
      type: z.literal('function_call_output'),
      call_id: z.string(),
      output: z.union([z.string(), z.array(part)]),
    }),
    z.looseObject({ type: z.literal('reasoning'), encrypted_content: z.string().nullish() }),
  ]),
  message,
])

const functionTool = z.looseObject({
  type: z.literal('function'),
  name: z.string().min(1),
  description: z.string().nullish(),
  parameters: z.record(z.string(), z.unknown()).nullish(),
  strict: z.boolean().nullish(),
})

const tool = z.discriminatedUnion(
  'type',
  [
    functionTool,
    z.looseObject({ type: z.literal('namespace'), name: z.string(), tools: z.array(functionTool) }),
    z.looseObject({ type: z.enum(['web_search', 'web_search_preview', 'web_search_2025_08_26']) }),
  ],
  'this model has no such tool; only functions work with it',
)

const named = z.looseObject({ type: z.literal('function'), name: z.string() })

export const responsesBodySchema = z.looseObject({
  input: z.union([z.string(), z.array(item)]),
  instructions: z.string().nullish(),
  tools: z.array(tool).nullish(),
  tool_choice: z
    .union([
      z.enum(['auto', 'none', 'required']),
      named,
      z.looseObject({ type: z.literal('allowed_tools'), mode: z.enum(['auto', 'required']), tools: z.array(named) }),
    ])
    .nullish(),
  max_tool_calls: z.number().int().min(1).nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  temperature: z.number().nullish(),
  top_p: z.number().nullish(),
  reasoning: z
    .looseObject({ effort: z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']).nullish() })
    .nullish(),
  text: z
    .looseObject({
      format: z
        .discriminatedUnion('type', [
          z.looseObject({ type: z.literal('text') }),
          z.looseObject({ type: z.literal('json_object') }),
          z.looseObject({
            type: z.literal('json_schema'),
            name: z.string(),
            schema: z.record(z.string(), z.unknown()),
            strict: z.boolean().nullish(),
          }),
        ])
        .nullish(),
    })
    .nullish(),
  user: z.string().nullish(),
  safety_identifier: z.string().nullish(),
})

export type ResponsesBody = z.output<typeof responsesBodySchema>
