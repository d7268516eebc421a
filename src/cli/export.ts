import { Command } from 'commander'

export const exportCommand = new Command('export').description('Take data out: the invoices of a month, or events.')
