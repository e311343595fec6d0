{{/* What Pod Security Standards call restricted, and an identity that may do nothing. */}}
{{- define "slipway.podSecurity" -}}
serviceAccountName: {{ .Release.Name | quote }}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  fsGroup: 65532
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile:
    type: RuntimeDefault
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . | quote }}
  {{- end }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . | quote }}
{{- end }}
{{- end -}}

{{- define "slipway.containerSecurity" -}}
privileged: false
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
capabilities:
  drop: [ALL]
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{/* The service's container, but for what it does and how it is probed. */}}
{{- define "slipway.container" -}}
image: {{ include "slipway.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  {{- include "slipway.containerSecurity" . | nindent 2 }}
envFrom:
  - configMapRef:
      name: {{ .Release.Name | quote }}
{{- if .Values.secrets }}
env:
  {{- range $key, $reference := .Values.secrets }}
  - name: {{ $key }}_FILE
    value: /run/secrets/slipway/{{ $key }}
  {{- end }}
{{- end }}
resources:
  {{- range $bound, $quantities := .Values.resources }}
  {{ $bound }}:
    {{- include "slipway.quantities" (dict "name" (printf "resources.%s" $bound) "value" $quantities) | trim | nindent 4 }}
  {{- end }}
volumeMounts:
  - name: tmp
    mountPath: /tmp
  {{- if .Values.secrets }}
  - name: secrets
    mountPath: /run/secrets/slipway
    readOnly: true
  {{- end }}
  {{- if .Values.storage.enabled }}
  - name: data
    mountPath: {{ .Values.storage.mountPath | quote }}
  {{- end }}
{{- end -}}

{{- define "slipway.volumes" -}}
- name: tmp
  emptyDir:
    sizeLimit: {{ include "slipway.text" (dict "name" "resources.limits.ephemeral-storage" "value" (index .Values.resources.limits "ephemeral-storage")) | quote }}
{{- with .Values.secrets }}
- name: secrets
  projected:
    defaultMode: 0440
    sources:
      {{- range $key, $reference := . }}
      - secret:
          name: {{ $reference.name | quote }}
          items:
            - key: {{ $reference.key | quote }}
              path: {{ $key | quote }}
      {{- end }}
{{- end }}
{{- if .Values.storage.enabled }}
- name: data
  persistentVolumeClaim:
    claimName: {{ .Release.Name | quote }}
{{- end }}
{{- end -}}
