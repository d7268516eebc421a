import type { Operation } from '../../http/operation.ts'
import type { OperationContext } from '../../operations/context.ts'
import { creationPolicyOperations } from './creation-policy.routes.ts'
import { invoiceOperations } from './invoice.routes.ts'
import { invoiceRunOperations } from './invoice-run.routes.ts'
import { issuerOperations } from './issuer.routes.ts'
import { paymentOperations } from './payment.routes.ts'
import { runDocumentOperations } from './run-document.routes.ts'
import { signUpOperations } from './sign-up.routes.ts'
import { statementOperations } from './statement.routes.ts'
import { transferTermsOperations } from './transfer-terms.routes.ts'

export const operations: readonly Operation<OperationContext>[] = [
  ...signUpOperations,
  ...creationPolicyOperations,
  ...issuerOperations,
  ...invoiceRunOperations,
  ...runDocumentOperations,
  ...invoiceOperations,
  ...paymentOperations,
  ...statementOperations,
  ...transferTermsOperations,
]
